using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using OrleansAgents.Tests.Hosting;

namespace OrleansAgents.Tests.Endpoints;

/// <summary>A program that knows nothing but HTTP, and a key.</summary>
internal sealed class HttpCaller(SiloProcess silo, string? key = SiloProcess.ShopKey) : IDisposable
{
    // A stream that is given up is closed, rather than read to an end that does not come.
    private readonly HttpClient _http = new(new SocketsHttpHandler { MaxResponseDrainSize = 0 }) { BaseAddress = new Uri(silo.Url) };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public Task<HttpAnswer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<HttpAnswer> PostAsync(string path, string body, string type = "application/json", params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, path, new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = MediaTypeHeaderValue.Parse(type) } }, headers);

    public async Task<HttpAnswer> SendAsync(HttpMethod method, string path, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        using var request = Request(method, path, headers);
        request.Content = content;
        using var response = await _http.SendAsync(request, Token);
        return new HttpAnswer(
            (int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, await response.Content.ReadAsStringAsync(Token),
            response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key, h => string.Join(',', h.Value), StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>Opens a stream of events; the caller disposes of it.</summary>
    public Task<HttpEvents> ReadAsync(string path, params (string Name, string Value)[] headers) => OpenAsync(HttpMethod.Get, path, content: null, headers);

    /// <summary>Opens the stream of events that a request is answered with; the caller disposes of it.</summary>
    public async Task<HttpEvents> OpenAsync(HttpMethod method, string path, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using var request = Request(method, path, headers);
        request.Content = content;
        var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        return new HttpEvents(response, new StreamReader(await response.Content.ReadAsStreamAsync(Token), Encoding.UTF8));
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Request(HttpMethod method, string path, (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }
}

/// <summary>What came back.</summary>
internal sealed record HttpAnswer(int Status, string? Type, string Body, IReadOnlyDictionary<string, string> Headers)
{
    public JsonElement Json => JsonElement.Parse(Body);

    public string? Text(string member) => Json.GetProperty(member).GetString();

    /// <summary>Fails unless it is a problem of this status and code that tells nothing of the inside.</summary>
    public HttpAnswer AssertProblem(int status, string code)
    {
        Assert.True(Status == status && Type == "application/problem+json", $"{Status} {Type}: {Body}");
        Assert.Equal((code, "/problems/" + code, status), (Text("code"), Text("type"), Json.GetProperty("status").GetInt32()));
        Assert.NotEmpty(Text("detail")!);
        Assert.DoesNotContain("   at ", Body, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception:", Body, StringComparison.Ordinal);
        return this;
    }
}

/// <summary>A stream of server-sent events, as it comes.</summary>
internal sealed class HttpEvents(HttpResponseMessage response, StreamReader reader) : IDisposable
{
    public HttpResponseMessage Response => response;

    /// <summary>The next event, comments passed over; null at the end of the stream.</summary>
    public async Task<(string? Id, string? Name, JsonElement Data)?> NextAsync()
    {
        var (id, name, data) = ((string?)null, (string?)null, new StringBuilder());
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.Length == 0 && data.Length > 0)
            {
                return (id, name, JsonElement.Parse(data.ToString()));
            }

            id = line.StartsWith("id: ", StringComparison.Ordinal) ? line[4..] : id;
            name = line.StartsWith("event: ", StringComparison.Ordinal) ? line[7..] : name;
            data.Append(line.StartsWith("data: ", StringComparison.Ordinal) ? line[6..] : "");
        }

        return null;
    }

    /// <summary>Comments that came before the first event or the end.</summary>
    public async Task<string?> NextLineAsync() => await reader.ReadLineAsync(TestContext.Current.CancellationToken);

    public void Dispose()
    {
        reader.Dispose();
        response.Dispose();
    }
}
