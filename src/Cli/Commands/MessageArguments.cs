using System.Buffers;
using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using OrleansAgents.Messaging;

namespace OrleansAgents.Commands;

/// <summary>The arguments that make a message, and the message they make.</summary>
internal sealed class MessageArguments
{
    private readonly Argument<string> _type = new("TYPE") { Description = "The contract's name, such as quote.request." };

    private readonly Argument<string> _payload = new("PAYLOAD")
    {
        Description = "A JSON object; - reads it from standard input.",
        DefaultValueFactory = _ => "{}",
    };

    private readonly Option<int> _version = new("--contract-version", "--version") { Description = "The contract's version.", DefaultValueFactory = _ => 1 };

    private readonly Option<string?> _id = new("--id") { Description = "The message's id, a UUID; give the same one to repeat a message.", HelpName = "uuid" };

    private readonly Option<string?> _conversation = new("--conversation") { Description = "The conversation that the message belongs to.", HelpName = "id" };

    public void AddTo(Command command)
    {
        command.Add(_type);
        command.Add(_payload);
        command.Add(_version);
        command.Add(_id);
        command.Add(_conversation);
    }

    /// <summary>The id that was given; null when none was, or no right one.</summary>
    public MessageId? Id(ParseResult parse) => MessageId.TryParse(parse.GetValue(_id), out var id) ? id : null;

    /// <summary>
    /// Makes the envelope by way of its JSON text, so that a message typed here is judged exactly like one that came
    /// over the wire.
    /// </summary>
    public async Task<(Envelope? Envelope, IReadOnlyList<Problem>? Problems)> ReadAsync(
        ParseResult parse, Settings settings, string recipient, CancellationToken cancellationToken)
    {
        var limits = new MessageLimits();
        var text = parse.GetValue(_payload)!;
        var payload = text == "-" ? await ReadInputAsync(limits.MessageBytes, cancellationToken) : Encoding.UTF8.GetBytes(text);
        if (payload.Length <= limits.MessageBytes && FindSyntaxFault(payload) is { } fault)
        {
            return (null, [fault]);
        }

        return EnvelopeJson.Read(Compose(parse, settings, recipient, payload), limits, catalogue: null, settings.DefaultKind);
    }

    private ReadOnlyMemory<byte> Compose(ParseResult parse, Settings settings, string recipient, byte[] payload)
    {
        var buffer = new ArrayBufferWriter<byte>(payload.Length + 512);
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
        json.WriteStartObject();
        if (parse.GetValue(_id) is { } id)
        {
            json.WriteString("id", id);
        }

        if (parse.GetValue(_conversation) is { } conversation)
        {
            json.WriteString("conversationId", conversation);
        }

        json.WriteString("sender", settings.Sender.ToString());
        json.WriteString("recipient", recipient);
        json.WriteString("type", parse.GetValue(_type));
        json.WriteNumber("version", parse.GetValue(_version));
        json.WritePropertyName("payload");
        json.WriteRawValue(payload, skipInputValidation: true);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    // Text that ends the payload early would otherwise become members of the message itself.
    private static Problem? FindSyntaxFault(ReadOnlySpan<byte> payload)
    {
        try
        {
            var reader = new Utf8JsonReader(payload, new JsonReaderOptions { MaxDepth = int.MaxValue });
            while (reader.Read())
            {
            }

            return null;
        }
        catch (JsonException e)
        {
            return !System.Text.Unicode.Utf8.IsValid(payload)
                ? new Problem("/payload", RefusalCodes.InvalidUtf8, "The payload is no valid UTF-8.")
                : new Problem("/payload", RefusalCodes.MalformedJson, string.Create(
                    CultureInfo.InvariantCulture, $"The payload is no JSON, at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}."));
        }
    }

    /// <summary>Standard input, up to one byte more than a limit.</summary>
    public static async Task<byte[]> ReadInputAsync(int limit, CancellationToken cancellationToken)
    {
        await using var input = Console.OpenStandardInput();
        // One byte more than a message may have is enough to see that it is too large.
        var buffer = new byte[limit + 1];
        var read = await input.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return buffer[..read];
    }
}
