using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using OrleansAgents.Agents;
using OrleansAgents.Endpoints;
using OrleansAgents.Messaging;

namespace OrleansAgents.Mcp;

/// <summary>A call of a tool: whose it is, and what its maker says of it.</summary>
/// <param name="Http">The request that brings it.</param>
/// <param name="Caller">Who calls.</param>
/// <param name="Session">What the caller shows to have its requests known as of one session; null for nothing.</param>
/// <param name="Request">The request itself.</param>
internal sealed record McpCall(HttpContext Http, HttpCaller Caller, string? Session, RequestContext<CallToolRequestParams> Request)
{
    /// <summary>The arguments.</summary>
    public IDictionary<string, JsonElement> Arguments => Request.Params.Arguments ?? new Dictionary<string, JsonElement>(StringComparer.Ordinal);

    /// <summary>The message's id where its maker says it; null where not.</summary>
    /// <exception cref="AgentRefusedException">It is no text.</exception>
    public string? FindId() => FindText(McpMeta.MessageId);

    /// <summary>The id of the request within its session, by which a repeat or a cancelling finds it; null where there is no session.</summary>
    public string? FindRequestId() => Session is { } session ? RequestIdOf(Caller.Sender, session, Request.JsonRpcRequest.Id.Id) : null;

    /// <summary>The conversation; null for none.</summary>
    /// <exception cref="AgentRefusedException">It is no text.</exception>
    public string? FindConversation() => FindText(McpMeta.Conversation);

    /// <summary>How long the caller waits; null where it does not say.</summary>
    /// <exception cref="AgentRefusedException">It is no time, or a longer one than any caller may wait.</exception>
    public TimeSpan? FindTimeout(TimeSpan longest) => Request.Params.Meta?[McpMeta.Timeout] switch
    {
        null => null,
        JsonValue value when value.TryGetValue(out double seconds) && seconds > 0 && seconds <= longest.TotalSeconds => TimeSpan.FromSeconds(seconds),
        _ => throw new AgentRefusedException(
            HttpCodes.BadParameter, $"'{McpMeta.Timeout}' in _meta is a number of seconds above zero, {longest.TotalSeconds:0} at most, such as 2.5."),
    };

    /// <summary>An argument that is a text.</summary>
    /// <exception cref="AgentRefusedException">It is missing, or no text.</exception>
    public string DemandText(string argument) => Arguments.TryGetValue(argument, out var value) && value.ValueKind == JsonValueKind.String
        ? value.GetString()!
        : throw new AgentRefusedException(RefusalCodes.InvalidPayload, $"The argument '{argument}' is missing or no text.");

    /// <summary>An id for a request of a session, which is that of the run that it starts. Nobody but its caller comes to the same.</summary>
    public static string RequestIdOf(AgentId owner, string session, object? request) =>
        // None of the first two holds the character between them.
        MessageId.Hashed(string.Create(CultureInfo.InvariantCulture, $"{owner}\n{session}\n{(request is string ? "text" : "number")}\n{request}")).ToString();

    private string? FindText(string name) => Request.Params.Meta?[name] switch
    {
        null => null,
        JsonValue value when value.TryGetValue(out string? text) => text,
        _ => throw new AgentRefusedException(HttpCodes.BadParameter, $"'{name}' in _meta is a text."),
    };
}
