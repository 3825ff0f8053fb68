using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using OrleansAgents.Messaging;
using Spectre.Console;

namespace OrleansAgents.Output;

/// <summary>Where a command writes: results to standard output, complaints to standard error. Thread-safe.</summary>
internal sealed class CommandOutput(TextWriter output, TextWriter error, bool json)
{
    private static readonly JsonWriterOptions Format = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private const int UnlimitedWidth = 4096;
    private readonly Lock _lock = new();

    public bool Json { get; } = json;

    /// <summary>One line of text; what a terminal would obey is shown and not done.</summary>
    public void Line(string text) => Put(output, PlainText.Show(text));

    /// <summary>One JSON value on a line of its own, whatever line breaks are in it.</summary>
    public void Line(ReadOnlySpan<byte> json) => Put(output, PlainText.ShowJson(Encoding.UTF8.GetString(json)));

    /// <summary>A JSON value on many lines, as they are.</summary>
    public void Page(string json) => Put(output, string.Join(Environment.NewLine, json.Split('\n').Select(line => PlainText.ShowJson(line.TrimEnd('\r')))));

    /// <summary>One JSON object on a line of its own.</summary>
    public void Object(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, Format))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        Line(buffer.WrittenSpan);
    }

    /// <summary>A table; as wide as its longest line where nobody watches.</summary>
    public void Table(Table table)
    {
        lock (_lock)
        {
            var console = AnsiConsole.Create(new AnsiConsoleSettings
            {
                Ansi = Console.IsOutputRedirected ? AnsiSupport.No : AnsiSupport.Detect,
                Interactive = InteractionSupport.No,
                Out = new AnsiConsoleOutput(output),
            });
            if (Console.IsOutputRedirected)
            {
                console.Profile.Width = UnlimitedWidth;
            }

            console.Write(table);
        }
    }

    /// <inheritdoc cref="Line(string)"/>
    public void Error(string text) => Put(error, PlainText.Show(text));

    /// <summary>What became of a message, for people or for programs; the reasons go to standard error either way.</summary>
    public void Receipt(MessageId? id, Outcome outcome, Refusal? refusal)
    {
        if (Json)
        {
            Object(writer => ReceiptJson.WriteMembers(writer, id, outcome, refusal));
        }

        if (refusal is not null)
        {
            foreach (var line in ReceiptText.Explain(outcome, refusal))
            {
                Error(line);
            }
        }
        else if (!Json)
        {
            Line($"{ReceiptJson.Name(outcome)} {id}");
        }
    }

    private void Put(TextWriter writer, string shown)
    {
        lock (_lock)
        {
            writer.WriteLine(shown);
        }
    }
}
