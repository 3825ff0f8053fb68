using System.Net;
using System.Text.Json;

namespace OrleansAgents.Intelligence;

/// <summary>Connections to the providers of models, and what their answers mean when they are no answers.</summary>
internal static class ModelHttp
{
    // Addresses of providers change; a connection kept for ever would not notice.
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5), ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Connections of which somebody else limits the time.</summary>
    public static HttpClient Create(TimeProvider time) => new(
        new ModelFailures(time) { InnerHandler = new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = Lifetime, ConnectTimeout = ConnectTimeout } })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };
}

/// <summary>Says of an answer that is none what it is, before the provider's own library makes something else of it.</summary>
internal sealed class ModelFailures(TimeProvider time) : DelegatingHandler
{
    private const int LongestText = 500, MostBytes = 64 * 1024;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await base.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            throw new ModelException(ModelCodes.Unavailable, $"{request.RequestUri?.Host} cannot be reached ({e.HttpRequestError}).", e) { IsTransient = true };
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await DescribeAsync(response, request.RequestUri?.Host, cancellationToken);
        }
    }

    private async Task<ModelException> DescribeAsync(HttpResponseMessage response, string? host, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var after = response.Headers.RetryAfter is { } retry ? retry.Delta ?? retry.Date - time.GetUtcNow() : null;
        after = after < TimeSpan.Zero ? TimeSpan.Zero : after;
        switch (response.StatusCode)
        {
            case HttpStatusCode.TooManyRequests:
                return new(ModelCodes.RateLimited, $"{host} takes no more calls for now ({status}).") { IsTransient = true, RetryAfter = after };
            case HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden:
                // Not a word of the answer: some repeat the key.
                return new(ModelCodes.NotAuthorised, $"{host} does not accept the key ({status}).");
            case HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError:
                return new(ModelCodes.Unavailable, $"{host} failed ({status}).") { IsTransient = true, RetryAfter = after };
            default:
                return new(ModelCodes.Refused, $"{host} does not accept the call ({status}): {await ReadAsync(response, cancellationToken)}");
        }
    }

    /// <summary>The sentence in the usual form, <c>{"error":{"message":…}}</c> or <c>{"error":…}</c>; else what there is.</summary>
    private static async Task<string> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            await response.Content.LoadIntoBufferAsync(MostBytes, cancellationToken);
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            return Messaging.PlainText.Show(Find(text) ?? text, LongestText);
        }
        catch (HttpRequestException)
        {
            return "it does not say why.";
        }
    }

    private static string? Find(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var error = document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("error", out var found) ? found : default;
            return error.ValueKind == JsonValueKind.String ? error.GetString()
                : error.ValueKind == JsonValueKind.Object && error.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.String ? message.GetString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
