using System.Globalization;
using System.Text;
using System.Text.Json;
using OrleansAgents.DeadLetters;
using OrleansAgents.Messaging;
using Spectre.Console;

namespace OrleansAgents.Output;

/// <summary>Dead letters, for people and for programs.</summary>
internal static class LetterText
{
    public static void Write(CommandOutput output, IReadOnlyList<DeadLetterEntry> letters)
    {
        if (output.Json)
        {
            foreach (var letter in letters)
            {
                output.Line(JsonSerializer.SerializeToUtf8Bytes(letter, PayloadJson.Options));
            }
        }
        else if (letters.Count == 0)
        {
            output.Error("There are no dead letters.");
        }
        else
        {
            output.Table(Tabulate(letters));
        }
    }

    public static void Write(CommandOutput output, Guid id, DeadLetter letter)
    {
        if (output.Json)
        {
            output.Object(json => WriteMembers(json, id, letter));
            return;
        }

        output.Line($"letter     {id}");
        output.Line($"message    {letter.Message}, {letter.Type}");
        output.Line($"sender     {letter.Sender}");
        output.Line($"recipient  {letter.Recipient}");
        output.Line($"given up   {Time(letter.At)}, after {letter.Attempts} tries since {Time(letter.Since)}, by {letter.By}");
        output.Line($"reason     {letter.Code}: {letter.Reason}");
        output.Line(Encoding.UTF8.GetBytes(letter.Envelope));
    }

    /// <summary>What became of one letter.</summary>
    public static void Settled(CommandOutput output, Guid id, string outcome)
    {
        if (output.Json)
        {
            output.Object(json =>
            {
                json.WriteString("id", id);
                json.WriteString("outcome", outcome);
            });
        }
        else
        {
            output.Line($"{outcome} {id}");
        }
    }

    private static Table Tabulate(IReadOnlyList<DeadLetterEntry> letters)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var name in (ReadOnlySpan<string>)["given up", "letter"])
        {
            table.AddColumn(new TableColumn(name).NoWrap());
        }

        foreach (var name in (ReadOnlySpan<string>)["type", "recipient", "tries", "reason"])
        {
            table.AddColumn(name);
        }

        foreach (var letter in letters)
        {
            table.AddRow(
                new Text(Time(letter.At)), new Text(letter.Id.ToString()), new Text(PlainText.Show(letter.Type)), new Text(PlainText.Show(letter.Recipient)),
                new Text(letter.Attempts.ToString(CultureInfo.InvariantCulture)), new Text(PlainText.Show($"{letter.Code}: {letter.Reason}")));
        }

        return table;
    }

    private static void WriteMembers(Utf8JsonWriter json, Guid id, DeadLetter letter)
    {
        json.WriteNumber("attempts", letter.Attempts);
        json.WriteString("at", letter.At);
        json.WriteString("by", letter.By);
        json.WriteString("code", letter.Code);
        WriteMessage(json, letter.Envelope);
        json.WriteString("id", id);
        json.WriteString("message", letter.Message);
        json.WriteString("reason", letter.Reason);
        json.WriteString("recipient", letter.Recipient);
        json.WriteString("sender", letter.Sender);
        json.WriteString("since", letter.Since);
        json.WriteString("type", letter.Type);
    }

    /// <summary>The message as the object it is, or as a text where it is none: an agent may have sent what is no JSON.</summary>
    private static void WriteMessage(Utf8JsonWriter json, string envelope)
    {
        try
        {
            using var document = JsonDocument.Parse(envelope, new JsonDocumentOptions { MaxDepth = int.MaxValue });
            json.WritePropertyName("envelope");
            json.WriteRawValue(envelope, skipInputValidation: true);
        }
        catch (JsonException)
        {
            json.WriteString("envelope", envelope);
        }
    }

    private static string Time(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
