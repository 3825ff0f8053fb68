using System.Globalization;
using OrleansAgents.Agents;
using OrleansAgents.Configuration;
using OrleansAgents.Messaging;

namespace OrleansAgents.Endpoints;

/// <summary>Makes a message of a request whose path names recipient and contract, and whose body is the payload.</summary>
internal static class HttpMessage
{
    public const string IdHeader = "Agents-Message-Id";
    public const string DuplicateHeader = "Agents-Duplicate";
    public const string ConversationHeader = "Agents-Conversation-Id";
    public const string TimeoutHeader = "Agents-Timeout";

    /// <summary>The message that a request brings, judged as all messages are.</summary>
    /// <exception cref="AgentRefusedException">It is none; every problem is told.</exception>
    public static Envelope Read(
        HttpContext context, AgentId sender, AgentId recipient, ReadOnlyMemory<byte> payload, MessageLimits limits, string? contract = null)
    {
        var request = context.Request;
        return Make(
            sender, recipient, contract ?? RawPath.Read(context, "contract", behind: 0), ReadVersion(request), payload,
            ReadHeader(request, IdHeader), ReadHeader(request, ConversationHeader), limits);
    }

    /// <summary>A message of its parts, judged as all messages are.</summary>
    /// <inheritdoc cref="EnvelopeParts.Read" path="/param"/>
    /// <exception cref="AgentRefusedException">It is none; every problem is told.</exception>
    public static Envelope Make(
        AgentId sender, AgentId recipient, string contract, int version, ReadOnlyMemory<byte> payload, string? id, string? conversation, MessageLimits limits)
    {
        var (envelope, problems) = new EnvelopeParts(limits).Read(sender, recipient, contract, version, payload, id, conversation);
        return envelope ?? throw new AgentRefusedException(ReceiptJson.Of(problems!));
    }

    /// <summary>How long the sender waits.</summary>
    /// <exception cref="AgentRefusedException">The header holds no time, or more than is allowed.</exception>
    public static SendOptions ReadWait(HttpRequest request, HttpOptions options)
    {
        if (request.Headers[TimeoutHeader] is not { Count: > 0 } header)
        {
            return new SendOptions { Timeout = options.Timeout };
        }

        return double.TryParse(header.ToString(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            && seconds > 0 && seconds <= options.MaxTimeout.TotalSeconds && TimeSpan.FromSeconds(seconds) is { Ticks: > 0 } timeout
            ? new SendOptions { Timeout = timeout }
            : throw new AgentRefusedException(
                HttpCodes.BadParameter, $"The header {TimeoutHeader} is a number of seconds above zero, {options.MaxTimeout.TotalSeconds:0} at most, such as 2.5.");
    }

    private static int ReadVersion(HttpRequest request) => request.Query["version"] switch
    {
        [] => 1,
        [var text] when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version > 0 => version,
        _ => throw new AgentRefusedException(RefusalCodes.BadVersion, "The parameter 'version' is given once, as a whole number of 1 or more."),
    };

    private static string? ReadHeader(HttpRequest request, string name) =>
        request.Headers.TryGetValue(name, out var header) && header.Count > 0 ? header.ToString() : null;
}
