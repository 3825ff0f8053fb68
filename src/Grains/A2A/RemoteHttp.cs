using System.Net;

namespace OrleansAgents.A2A;

/// <summary>The connections to agents elsewhere. They go where they are sent and nowhere else, keep no cookies, and unpack nothing.</summary>
internal sealed class RemoteHttp : IDisposable
{
    // Addresses behind names change; a connection kept for ever would not notice.
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5), ConnectTimeout = TimeSpan.FromSeconds(10);

    // An error is a sentence.
    private const int MostOfAnError = 64 * 1024;

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        PooledConnectionLifetime = Lifetime,
        ConnectTimeout = ConnectTimeout,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Sends, and gives the answer as soon as it begins.</summary>
    /// <exception cref="RemoteException">The other side cannot be reached.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string host, CancellationToken cancellationToken)
    {
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            throw new RemoteException(RemoteCodes.Unavailable, $"{host} cannot be reached ({e.HttpRequestError}).", e) { IsTransient = true };
        }
    }

    /// <summary>The whole of an answer's body.</summary>
    /// <exception cref="RemoteException">It is larger than it may be, or breaks off.</exception>
    public static async Task<byte[]> ReadAsync(HttpResponseMessage answer, string host, int most, CancellationToken cancellationToken)
    {
        try
        {
            await answer.Content.LoadIntoBufferAsync(most, cancellationToken);
            return await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw RemoteException.TooLarge(host, most);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new RemoteException(RemoteCodes.Unavailable, $"The connection to {host} was lost.", e) { IsTransient = true };
        }
    }

    /// <summary>What an answer means that is no success.</summary>
    public static async Task<RemoteException> ReadErrorAsync(HttpResponseMessage answer, RemoteBinding binding, string host, TimeProvider time, CancellationToken cancellationToken)
    {
        var status = (int)answer.StatusCode;
        var after = answer.Headers.RetryAfter is { } retry ? retry.Delta ?? retry.Date - time.GetUtcNow() : null;
        after = after < TimeSpan.Zero ? TimeSpan.Zero : after;
        if (answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden || !IsJson(answer))
        {
            return RemoteException.Of(host, error: null, status, message: null, after);
        }

        try
        {
            return binding.ReadError(await ReadAsync(answer, host, MostOfAnError, cancellationToken), status, after);
        }
        catch (RemoteException)
        {
            return RemoteException.Of(host, error: null, status, message: null, after);
        }
    }

    public static bool IsJson(HttpResponseMessage answer) =>
        answer.Content.Headers.ContentType?.MediaType is { } type
        && (type.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase));

    public static bool IsEventStream(HttpResponseMessage answer) =>
        string.Equals(answer.Content.Headers.ContentType?.MediaType, "text/event-stream", StringComparison.OrdinalIgnoreCase);

    public void Dispose() => _http.Dispose();
}
