using System.Globalization;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Endpoints;

/// <summary>How CloudEvents and messages name the same things.</summary>
internal static class CloudEventNames
{
    /// <summary>Before the name of an attribute that a message carries along as a header.</summary>
    public const string Header = "ce-";

    public const string Sender = "sender", Topic = "topic", Position = "position", MessageId = "messageid", Conversation = "conversationid",
        Causation = "causationid", Correlation = "correlationid", TraceParent = "traceparent", TraceState = "tracestate", Encryption = "encryptionkey";

    private const string Agents = "/agents/";
    private const int LongestAttribute = 20;

    /// <summary>What the platform itself says of an event that is read; an event that comes in with them is not believed.</summary>
    public static readonly string[] Own = [Sender, Topic, Position, MessageId, Causation, Correlation, Encryption];

    private static readonly string[] Core = ["specversion", "id", "source", "type", "time", "datacontenttype", "data", "data_base64"];

    /// <summary>The contract and the version of an event's type: <c>order.placed</c> is version 1, <c>order.placed.v2</c> version 2.</summary>
    public static (string Contract, int Version) ReadType(string type)
    {
        var dot = type.LastIndexOf(".v", StringComparison.Ordinal);
        return dot > 0 && type.AsSpan(dot + 2) is { IsEmpty: false } digits && digits[0] is >= '1' and <= '9'
            && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? (type[..dot], version)
            : (type, 1);
    }

    /// <summary>The type of an event, such that <see cref="ReadType"/> gives the contract and the version back.</summary>
    public static string WriteType(string contract, int version) =>
        version == 1 && ReadType(contract).Contract == contract ? contract : $"{contract}.v{version.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>The source of what an agent, or a program outside, published.</summary>
    public static string SourceOf(AgentId sender) => $"{Agents}{sender.Kind}/{RawPath.Encode(sender.Key)}";

    /// <summary>Whether a source names an agent or a program of this platform, which only that one may.</summary>
    public static bool IsOfThePlatform(string source) => source.StartsWith(Agents, StringComparison.Ordinal);

    /// <summary>
    /// The id of the message that an event is: the same for the same sender, source and id, and another for any other. An
    /// event of the sender's own keeps an id that is one of a message.
    /// </summary>
    public static MessageId IdOf(AgentId sender, string source, string id)
    {
        if (source == SourceOf(sender) && Messaging.MessageId.TryParse(id, out var own))
        {
            return own;
        }

        // None of the first two can hold the character between them.
        return Messaging.MessageId.Hashed($"{sender}\0{source}\0{id}");
    }

    /// <summary>Whether an attribute is carried along as a header and shown again as it came.</summary>
    public static bool IsCarried(string attribute) => attribute.Length is > 0 and <= LongestAttribute
        && !Own.Contains(attribute, StringComparer.Ordinal) && !Core.Contains(attribute, StringComparer.Ordinal)
        && attribute is not (TraceParent or TraceState or Conversation)
        && attribute.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c));
}
