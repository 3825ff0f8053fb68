using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace OrleansAgents.A2A;

/// <summary>What became of a post.</summary>
internal enum PushOutcome
{
    /// <summary>Its receiver took it.</summary>
    Taken,

    /// <summary>It may be taken later.</summary>
    Failed,

    /// <summary>It is not sent, or its receiver will never take it.</summary>
    Refused,
}

/// <summary>
/// Posts events. The address that a name stands for is judged as the connection is made, so that what was judged is what is
/// connected to; no redirect is followed, and no proxy asked.
/// </summary>
internal sealed class PushSender : IDisposable
{
    private readonly PushOptions _options;
    private readonly HttpClient _http;

    public PushSender(IOptions<PushOptions> options)
        : this(options.Value, static (host, stop) => Dns.GetHostAddressesAsync(host, stop))
    {
    }

    internal PushSender(PushOptions options, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
    {
        _options = options;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            MaxResponseHeadersLength = 16,
            ConnectCallback = (context, stop) => ConnectAsync(context.DnsEndPoint, resolve, stop),
        };
        _http = new HttpClient(handler) { Timeout = options.Timeout };
    }

    /// <summary>Posts an event, and says why where it was not taken. What it is told holds neither path nor secret.</summary>
    public async Task<(PushOutcome Outcome, string? Why)> PostAsync(PushConfig config, byte[] json, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, config.Url) { Content = new ByteArrayContent(json) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(A2AProtocol.MediaType);
            request.Headers.TryAddWithoutValidation(A2AProtocol.VersionHeader, A2AProtocol.Version);
            if (config.Authentication is { } shown)
            {
                request.Headers.Authorization = new AuthenticationHeaderValue(shown.Scheme, shown.Credentials);
            }

            if (!string.IsNullOrEmpty(config.Token))
            {
                request.Headers.TryAddWithoutValidation(A2AProtocol.TokenHeader, config.Token);
            }

            // What the receiver answers beyond the status is not read.
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            var status = (int)response.StatusCode;
            return response.IsSuccessStatusCode ? (PushOutcome.Taken, null)
                : status is 408 or 425 or 429 or >= 500 ? (PushOutcome.Failed, $"status {status}")
                : (PushOutcome.Refused, $"status {status}");
        }
        catch (HttpRequestException e) when (e.InnerException is PushClosedException closed)
        {
            return (PushOutcome.Refused, closed.Message);
        }
        catch (HttpRequestException e)
        {
            return (PushOutcome.Failed, $"{e.HttpRequestError}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (PushOutcome.Failed, $"no answer within {_options.Timeout.TotalSeconds:0.###} s");
        }
    }

    public void Dispose() => _http.Dispose();

    private async ValueTask<Stream> ConnectAsync(DnsEndPoint to, Func<string, CancellationToken, Task<IPAddress[]>> resolve, CancellationToken cancellationToken)
    {
        IPAddress[] found = IPAddress.TryParse(to.Host, out var literal) ? [literal] : await resolve(to.Host, cancellationToken);
        IPAddress[] open = PushTargets.IsAllowed(to.Host, _options.Hosts) ? found : [.. found.Where(address => !PushTargets.IsClosed(address))];
        if (open.Length == 0)
        {
            throw new PushClosedException();
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(open, to.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A name stands for nothing but addresses that are not posted to.</summary>
    private sealed class PushClosedException() : Exception("its address is not one that everybody can reach");
}
