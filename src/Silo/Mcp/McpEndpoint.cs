using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Net.Http.Headers;
using OrleansAgents.Agents;
using OrleansAgents.Configuration;
using OrleansAgents.Endpoints;
using OrleansAgents.Messaging;

namespace OrleansAgents.Mcp;

/// <summary>
/// The endpoint of the Model Context Protocol, streamable HTTP: <c>POST /mcp</c>. Who comes, how often and with how much is
/// found out at the door that all requests come by; what is left for the protocol's own library is the protocol.
/// </summary>
internal sealed class McpEndpoint(McpServers servers, McpCalls calls, HttpDoor door, McpOptions options)
{
    private const string SessionHeader = "Mcp-Session-Id", Initialize = "initialize", Cancelled = "notifications/cancelled";
    private const int LongestSession = 128;

    public async Task ServeAsync(HttpContext context)
    {
        // A page from elsewhere that a browser shows could reach a silo on the reader's own machine.
        if (context.Request.Headers[HeaderNames.Origin] is { Count: > 0 } origin && !options.Origins.Contains(origin.ToString(), StringComparer.OrdinalIgnoreCase))
        {
            await HttpProblem.WriteAsync(
                context, new Refusal(HttpCodes.OriginNotAllowed, "Pages of this origin may not call tools; Agents:Mcp:Origins lists those that may."), context.RequestAborted);
            return;
        }

        await door.RunAsync(context, async (caller, stop) =>
        {
            if (!HttpDoor.IsOf(context, "application/json"))
            {
                throw new AgentRefusedException(HttpCodes.UnsupportedMediaType, "A message of the protocol is sent as application/json.");
            }

            var (body, fault) = await HttpDoor.ReadBodyAsync(context, door.Limits.MessageBytes, stop);
            var message = McpMessage.Read(body ?? throw new AgentRefusedException(fault!));
            if (message.Method is not null && !PayloadJson.HasWholeTexts(body))
            {
                throw new AgentRefusedException(RefusalCodes.MalformedJson, "A text of the message has half of a surrogate pair.");
            }

            var session = TakeSession(context, message);
            if (message.Method == Cancelled)
            {
                await CancelAsync(context, caller, session, message);
                return;
            }

            context.Request.Body = new MemoryStream(body, writable: false);
            await servers.ServeAsync(context, caller, session);
        });
    }

    /// <summary>
    /// What older revisions call a session is for us only a text that tells a client's requests from those of another: any
    /// silo knows it that gets it, and none keeps it.
    /// </summary>
    private static string? TakeSession(HttpContext context, McpMessage message)
    {
        if (message.Method == Initialize)
        {
            context.Response.Headers[SessionHeader] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        }

        var session = context.Request.Headers[SessionHeader].ToString();
        // The library would take it for one of its own, which it is told not to have.
        context.Request.Headers.Remove(SessionHeader);
        return session.Length == 0 ? null
            : session.Length <= LongestSession && session.All(c => c is > ' ' and < '\u007f') ? session
            : throw new AgentRefusedException(HttpCodes.BadParameter, $"The header {SessionHeader} is the text that the answer to 'initialize' had.");
    }

    /// <summary>Cancels what another request of the session began.</summary>
    private async Task CancelAsync(HttpContext context, HttpCaller caller, string? session, McpMessage message)
    {
        if (session is not null && message.CancelledRequest is { } request)
        {
            await calls.CancelAsync(caller.Sender, session, request);
        }

        context.Response.StatusCode = StatusCodes.Status202Accepted;
    }
}

/// <summary>What of a message is looked at before the protocol's library reads it.</summary>
/// <param name="Method">Its method; null where it has none, or is no message.</param>
/// <param name="CancelledRequest">The id of the request that it cancels, a text or a whole number; null for none.</param>
internal sealed record McpMessage(string? Method, object? CancelledRequest)
{
    private static readonly McpMessage Unreadable = new(Method: null, CancelledRequest: null);

    public static McpMessage Read(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("method", out var method) && method.ValueKind == JsonValueKind.String
                ? new McpMessage(method.GetString(), FindCancelled(json.RootElement))
                : Unreadable;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The library says what is wrong, in the form that the protocol has for it.
            return Unreadable;
        }
    }

    private static object? FindCancelled(JsonElement message) =>
        message.TryGetProperty("params", out var parameters) && parameters.ValueKind == JsonValueKind.Object && parameters.TryGetProperty("requestId", out var id)
            ? id.ValueKind == JsonValueKind.String ? id.GetString() : id.ValueKind == JsonValueKind.Number && id.TryGetInt64(out var number) ? number : null
            : null;
}
