using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OrleansAgents.A2A;

/// <summary>One operation of the protocol, as both bindings write it.</summary>
/// <param name="Method">What JSON-RPC calls it.</param>
/// <param name="Params">What JSON-RPC sends with it.</param>
/// <param name="Verb">The method of HTTP.</param>
/// <param name="Path">The path of HTTP, behind the interface's address.</param>
/// <param name="Body">The body of HTTP; null for none.</param>
internal sealed record RemoteOperation(string Method, byte[] Params, HttpMethod Verb, string Path, byte[]? Body)
{
    /// <summary>Says something; with a stream of what comes of it, or with an answer as soon as there is a task.</summary>
    public static RemoteOperation Send(AgentMessage message, string? tenant, bool isStreamed)
    {
        var request = new SendMessageRequest(message, new SendMessageConfiguration(ReturnImmediately: !isStreamed));
        return new(
            isStreamed ? A2AProtocol.SendStreamingMessage : A2AProtocol.SendMessage, Write(request with { Tenant = tenant }, A2AJson.Default.SendMessageRequest),
            HttpMethod.Post, PathOf(tenant, isStreamed ? "message:stream" : "message:send"), Write(request, A2AJson.Default.SendMessageRequest));
    }

    public static RemoteOperation Get(string task, string? tenant) => new(
        A2AProtocol.GetTask, Write(new GetTaskRequest(task, HistoryLength: 0, tenant), A2AJson.Default.GetTaskRequest),
        HttpMethod.Get, PathOf(tenant, $"tasks/{Uri.EscapeDataString(task)}?historyLength=0"), Body: null);

    public static RemoteOperation Cancel(string task, string? tenant) => new(
        A2AProtocol.CancelTask, Write(new CancelTaskRequest(task, Tenant: tenant), A2AJson.Default.CancelTaskRequest),
        HttpMethod.Post, PathOf(tenant, $"tasks/{Uri.EscapeDataString(task)}:cancel"), "{}"u8.ToArray());

    /// <summary>Follows a task. The protocol's definition says GET and its text POST, so whoever is refused the one tries the other.</summary>
    public static RemoteOperation Subscribe(string task, string? tenant, bool isPosted) => new(
        A2AProtocol.SubscribeToTask, Write(new SubscribeToTaskRequest(task, tenant), A2AJson.Default.SubscribeToTaskRequest),
        isPosted ? HttpMethod.Post : HttpMethod.Get, PathOf(tenant, $"tasks/{Uri.EscapeDataString(task)}:subscribe"), isPosted ? "{}"u8.ToArray() : null);

    private static byte[] Write<T>(T request, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(request, type);

    private static string PathOf(string? tenant, string path) => tenant is null ? path : $"{Uri.EscapeDataString(tenant)}/{path}";
}
