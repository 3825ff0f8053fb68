using System.Globalization;
using System.Text;
using System.Text.Json;
using OrleansAgents.Conversations;
using OrleansAgents.Messaging;
using OrleansAgents.Security;

namespace OrleansAgents.Output;

/// <summary>A conversation, for people: who said what to whom, under what caused it.</summary>
internal sealed class ConversationText(CommandOutput output, PayloadCipher? cipher, int width)
{
    // Deeper than this the lines say how deep, rather than growing.
    private const int DeepestIndent = 24;
    private const int LeastShown = 24;

    public void Write(ConversationTree tree)
    {
        var lines = new Stack<(ConversationNode Node, string Indent, string Branch)>();
        Push(tree.Roots, node => (node, "", ""));
        if (tree.Roots.Count == 0)
        {
            return;
        }

        var start = tree.Roots[0].Said.At;
        while (lines.TryPop(out var line))
        {
            var (node, indent, branch) = line;
            output.Line(Describe(node, $"{Offset(node.Said.At - start),10}  {indent}{branch}"));
            var below = indent + branch switch { "├─ " => "│  ", "└─ " => "   ", _ => "" };
            var last = node.Children.Count > 0 ? node.Children[^1] : null;
            Push(node.Children, child => child.Depth > DeepestIndent
                ? (child, "", $"{child.Depth}: ")
                : (child, below, child == last ? "└─ " : "├─ "));
        }

        void Push(IReadOnlyList<ConversationNode> nodes, Func<ConversationNode, (ConversationNode, string, string)> place)
        {
            for (var i = nodes.Count - 1; i >= 0; i--)
            {
                lines.Push(place(nodes[i]));
            }
        }
    }

    private string Describe(ConversationNode node, string prefix)
    {
        var said = node.Said;
        var version = said.Version == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" v{said.Version}");
        var head = PlainText.Show($"{prefix}{said.Sender} -> {said.Recipient}  {said.Type}{version}  ");
        var tail = said.Outcome is Outcome.Accepted or Outcome.Duplicate
            ? said.Reply is null ? "" : $"  => {Shorten(Answer(said), width)}"
            : $"  {ReceiptJson.Name(said.Outcome)}: {said.Code}: {said.Reason}";
        var left = Math.Max(LeastShown, width - head.Length);
        var payload = Shorten(Payload(said), tail.Length > 0 ? Math.Max(LeastShown, left - Math.Min(tail.Length, left / 2)) : left);
        return head + payload + Shorten(tail, Math.Max(LeastShown, left - payload.Length));
    }

    private string Payload(ConversationSaid said)
    {
        if (said.Envelope is not { } text)
        {
            return "(not kept)";
        }

        if (EnvelopeJson.Read(Encoding.UTF8.GetBytes(text), MessageLimits.Kept).Envelope is not { } envelope)
        {
            return text;
        }

        var isOpen = envelope.Extras?.Encryption is null || (cipher is not null && cipher.TryOpen(envelope, out envelope!, out _));
        return isOpen ? Encoding.UTF8.GetString(envelope.PayloadJson.Span) : "(sealed)";
    }

    private static string Answer(ConversationSaid said) =>
        said.Envelope is { } text && EnvelopeJson.Read(Encoding.UTF8.GetBytes(text), MessageLimits.Kept).Envelope?.Extras?.Encryption is not null ? "(sealed)" : said.Reply!;

    // Cut with room for the ellipsis.
    private static string Shorten(string text, int most) => text.Length <= most ? PlainText.Show(text) : PlainText.Show(text, most - 1);

    private static string Offset(TimeSpan offset) => string.Create(CultureInfo.InvariantCulture, $"{(offset < TimeSpan.Zero ? "" : "+")}{offset.TotalSeconds:0.000}s");

    /// <summary>One message with all that was noted of it, and as it can be sent again.</summary>
    public static void WriteJson(CommandOutput output, ConversationNode node, ConversationReplay replay) => output.Object(json =>
    {
        var said = node.Said;
        json.WriteString("at", said.At);
        WriteText(json, "causationId", said.Causation?.ToString());
        WriteText(json, "code", said.Code);
        json.WriteString("conversationId", said.Conversation);
        json.WriteNumber("depth", node.Depth);
        if (replay.Find(node) is { } envelope)
        {
            json.WritePropertyName("envelope");
            json.WriteRawValue(EnvelopeJson.ToBytes(envelope), skipInputValidation: true);
        }
        else
        {
            WriteText(json, "envelope", said.Envelope);
        }

        json.WriteString("id", said.Message);
        json.WriteString("outcome", ReceiptJson.Name(said.Outcome));
        WriteText(json, "parent", node.Parent?.Said.Message.ToString());
        WriteText(json, "reason", said.Reason);
        json.WriteString("recipient", said.Recipient);
        WriteReply(json, said.Reply);
        json.WriteString("sender", said.Sender);
        json.WriteNumber("sequence", node.Note.Sequence);
        json.WriteString("type", said.Type);
        json.WriteNumber("version", said.Version);
    });

    private static void WriteReply(Utf8JsonWriter json, string? reply)
    {
        try
        {
            if (reply is not null)
            {
                using var document = JsonDocument.Parse(reply, new JsonDocumentOptions { MaxDepth = int.MaxValue });
                json.WritePropertyName("reply");
                json.WriteRawValue(reply, skipInputValidation: true);
            }
        }
        catch (JsonException)
        {
            // An agent may have answered what is no JSON.
            json.WriteString("reply", reply);
        }
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }
}
