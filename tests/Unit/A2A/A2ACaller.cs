using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Xunit;

namespace OrleansAgents.Tests.A2A;

/// <summary>A client that knows nothing but HTTP, by one of the bindings.</summary>
internal sealed class A2ACaller : IDisposable
{
    public const string Rpc = "JSONRPC", Http = "HTTP+JSON";

    private readonly HttpClient _http;
    private readonly string _binding;

    public A2ACaller(Uri url, string binding = Http, string? key = A2AHost.ShopKey, string? version = "1.0")
    {
        _binding = binding;
        // A stream that is given up is closed, rather than read to an end that does not come.
        _http = new HttpClient(new SocketsHttpHandler { MaxResponseDrainSize = 0 }) { BaseAddress = url };
        _http.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        if (version is not null)
        {
            _http.DefaultRequestHeaders.Add("A2A-Version", version);
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Sends a message, given as the parameters of the method.</summary>
    public Task<A2AReply> SendAsync(string agent, string parameters) => CallAsync(agent, "SendMessage", HttpMethod.Post, "/message:send", parameters);

    public Task<A2AReply> GetAsync(string agent, string task, int? history = null) => CallAsync(
        agent, "GetTask", HttpMethod.Get, $"/tasks/{task}{(history is { } length ? $"?historyLength={length}" : "")}",
        history is { } most ? $$"""{"id":"{{task}}","historyLength":{{most}}}""" : Named(task));

    public Task<A2AReply> CancelAsync(string agent, string task, string? body = null) =>
        CallAsync(agent, "CancelTask", HttpMethod.Post, $"/tasks/{task}:cancel", Named(task), body);

    /// <summary>Lists tasks; the parameters are texts, as a query has them.</summary>
    public Task<A2AReply> ListAsync(string agent, params (string Name, string Value)[] query) => CallAsync(
        agent, "ListTasks", HttpMethod.Get, "/tasks?" + string.Join('&', query.Select(q => $"{q.Name}={Uri.EscapeDataString(q.Value)}")),
        "{" + string.Join(',', query.Select(q => $"\"{q.Name}\":{(q.Value is "true" or "false" ? q.Value : JsonSerializer.Serialize(q.Value))}")) + "}");

    public Task<A2AReply> CallAsync(string agent, string method, HttpMethod verb, string path, string parameters, string? body = null) => _binding == Rpc
        ? SendAsync(Request(agent, method, parameters))
        : SendAsync(Bare(verb, agent + path, verb == HttpMethod.Post ? body ?? parameters : null));

    public Task<A2AReply> PostAsync(string path, string body, string? type = "application/json", params (string Name, string Value)[] headers) =>
        SendAsync(Bare(HttpMethod.Post, path, body, type, headers));

    public Task<A2AReply> GetPathAsync(string path, params (string Name, string Value)[] headers) => SendAsync(Bare(HttpMethod.Get, path, headers: headers));

    public Task<A2AReply> DeleteAsync(string path) => SendAsync(Bare(HttpMethod.Delete, path));

    /// <summary>The stream that a message is answered with; the caller disposes of it.</summary>
    public Task<A2AStream> StreamAsync(string agent, string parameters) => OpenAsync(
        _binding == Rpc ? Request(agent, "SendStreamingMessage", parameters) : Bare(HttpMethod.Post, $"{agent}/message:stream", parameters));

    public Task<A2AStream> SubscribeAsync(string agent, string task, bool byGet = true, params (string Name, string Value)[] headers) => OpenAsync(
        _binding == Rpc ? Request(agent, "SubscribeToTask", Named(task), headers) : Bare(byGet ? HttpMethod.Get : HttpMethod.Post, $"{agent}/tasks/{task}:subscribe", headers: headers));

    public void Dispose() => _http.Dispose();

    private static string Named(string task) => $$"""{"id":{{JsonSerializer.Serialize(task)}}}""";

    private static HttpRequestMessage Request(string agent, string method, string parameters, params (string Name, string Value)[] headers) =>
        Bare(HttpMethod.Post, agent, $$"""{"jsonrpc":"2.0","id":"r-1","method":"{{method}}","params":{{parameters}}}""", headers: headers);

    private static HttpRequestMessage Bare(HttpMethod method, string path, string? body = null, string? type = "application/json", params (string Name, string Value)[] headers)
    {
        // By the host's prefix, which a leading slash would pass over.
        var request = new HttpRequestMessage(method, path.TrimStart('/'));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    private async Task<A2AReply> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            using var response = await _http.SendAsync(request, Token);
            var text = await response.Content.ReadAsStringAsync(Token);
            return new A2AReply(
                (int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, text,
                response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key, h => string.Join(',', h.Value), StringComparer.OrdinalIgnoreCase));
        }
    }

    private async Task<A2AStream> OpenAsync(HttpRequestMessage request)
    {
        using (request)
        {
            var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
            return new A2AStream(response, new StreamReader(await response.Content.ReadAsStreamAsync(Token), Encoding.UTF8));
        }
    }
}

/// <summary>What came back, by either binding.</summary>
internal sealed record A2AReply(int Status, string? Type, string Body, IReadOnlyDictionary<string, string> Headers)
{
    public JsonElement Json => JsonElement.Parse(Body);

    /// <summary>What stands in it, once it is known to be no error.</summary>
    public JsonElement Result
    {
        get
        {
            Assert.True(Status == 200 && !Json.TryGetProperty("error", out _), $"{Status}: {Body}");
            return Json.TryGetProperty("jsonrpc", out _) ? Json.GetProperty("result") : Json;
        }
    }

    /// <summary>Fails unless it is this error of the protocol, as its binding has it, and tells nothing of the inside.</summary>
    public A2AReply AssertError(string reason, int code, int status)
    {
        AssertPlain(code, status);
        var error = Json.GetProperty("error");
        var detail = error.GetProperty(Json.TryGetProperty("jsonrpc", out _) ? "data" : "details")[0];
        Assert.Equal(
            ("type.googleapis.com/google.rpc.ErrorInfo", reason, "a2a-protocol.org"),
            (detail.GetProperty("@type").GetString(), detail.GetProperty("reason").GetString(), detail.GetProperty("domain").GetString()));
        return this;
    }

    /// <summary>Fails unless it is an error of this code and status.</summary>
    public A2AReply AssertPlain(int code, int status)
    {
        Assert.True(Json.TryGetProperty("error", out var error), $"{Status}: {Body}");
        var isRpc = Json.TryGetProperty("jsonrpc", out _);
        Assert.True(isRpc ? error.GetProperty("code").GetInt32() == code : Status == status && error.GetProperty("code").GetInt32() == status, $"{Status}: {Body}");
        Assert.NotEmpty(error.GetProperty("message").GetString()!);
        Assert.DoesNotContain("OrleansAgents", Body, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", Body, StringComparison.Ordinal);
        return this;
    }
}

/// <summary>A stream, as it comes.</summary>
internal sealed class A2AStream(HttpResponseMessage response, StreamReader reader) : IDisposable
{
    public string? Type => response.Content.Headers.ContentType?.MediaType;

    public string? LastId { get; private set; }

    /// <summary>The next event, with what JSON-RPC has around it taken off; null at the end.</summary>
    public async Task<JsonElement?> NextAsync()
    {
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            LastId = line.StartsWith("id: ", StringComparison.Ordinal) ? line[4..] : LastId;
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                var json = JsonElement.Parse(line[6..]);
                return json.TryGetProperty("jsonrpc", out _) ? json.GetProperty("result") : json;
            }
        }

        return null;
    }

    /// <summary>All events that are left.</summary>
    public async Task<List<JsonElement>> RestAsync()
    {
        var events = new List<JsonElement>();
        while (await NextAsync() is { } one)
        {
            events.Add(one);
        }

        return events;
    }

    /// <summary>The answer, where it is none of events.</summary>
    public async Task<A2AReply> ReadAsync() => new(
        (int)response.StatusCode, Type, await reader.ReadToEndAsync(TestContext.Current.CancellationToken), new Dictionary<string, string>(StringComparer.Ordinal));

    public void Dispose()
    {
        reader.Dispose();
        response.Dispose();
    }
}
