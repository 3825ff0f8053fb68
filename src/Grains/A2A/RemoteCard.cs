using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace OrleansAgents.A2A;

/// <summary>How an agent elsewhere is called.</summary>
/// <param name="Binding">By what.</param>
/// <param name="IsStreaming">Whether it streams.</param>
internal sealed record RemoteInterface(RemoteBinding Binding, bool IsStreaming);

/// <summary>
/// The card of an agent elsewhere, and the interface that is chosen from it. It is asked for again when it is old, and then
/// only sent where it has changed; one that cannot be had anew is used on.
/// </summary>
/// <param name="options">Where it is, and how long it is believed.</param>
/// <param name="host">What the other side is called in errors.</param>
/// <param name="sendAsync">Sends a request, with the key.</param>
/// <param name="time">The clock of its age.</param>
internal sealed class RemoteCard(
    RemoteOptions options, string host, Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> sendAsync, TimeProvider time)
{
    private readonly SemaphoreSlim _one = new(1);
    private readonly Uri _url = Locate(options.Url!);
    private RemoteInterface? _chosen;
    private EntityTagHeaderValue? _tag;
    private long _read;
    private bool _isOld = true;

    /// <summary>Where the card is: at the address itself where that is one of a file, else where hosts have theirs.</summary>
    public static Uri Locate(Uri url) => url.AbsolutePath.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
        ? url
        : new UriBuilder(url) { Path = url.AbsolutePath.TrimEnd('/') + A2AProtocol.CardPath }.Uri;

    /// <summary>How the agent is called.</summary>
    /// <exception cref="RemoteException">It has no card, or no interface that we may use.</exception>
    public async ValueTask<RemoteInterface> FindAsync(CancellationToken cancellationToken)
    {
        if (IsFresh())
        {
            return _chosen!;
        }

        await _one.WaitAsync(cancellationToken);
        try
        {
            if (!IsFresh())
            {
                await ReadAsync(cancellationToken);
            }
        }
        catch (RemoteException e) when (_chosen is not null && e.IsTransient)
        {
            // What was true before is the best there is, for another while.
            _read = time.GetTimestamp();
            _isOld = false;
        }
        finally
        {
            _one.Release();
        }

        return _chosen!;
    }

    /// <summary>Has the card asked for before the next call, because the other side is not what it was taken for.</summary>
    public void Doubt() => _isOld = true;

    private bool IsFresh() => _chosen is not null && !_isOld && time.GetElapsedTime(_read) < options.CardAge;

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _url);
        if (_tag is not null && _chosen is not null)
        {
            request.Headers.IfNoneMatch.Add(_tag);
        }

        using var answer = await sendAsync(request, cancellationToken);
        if (answer.StatusCode != HttpStatusCode.NotModified)
        {
            if (!answer.IsSuccessStatusCode)
            {
                throw RemoteException.Of(host, error: null, (int)answer.StatusCode, message: null, answer.Headers.RetryAfter?.Delta);
            }

            if (!RemoteHttp.IsJson(answer))
            {
                throw RemoteException.Broken(host, "its card is no JSON.");
            }

            _chosen = Choose(Read(await RemoteHttp.ReadAsync(answer, host, options.MaxBytes, cancellationToken)));
            _tag = answer.Headers.ETag;
        }

        _read = time.GetTimestamp();
        _isOld = false;
    }

    private AgentCard Read(byte[] json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, A2AJson.Default.AgentCard) ?? throw new JsonException("It is null.");
        }
        catch (JsonException e)
        {
            throw RemoteException.Broken(host, "its card is none of version 1.0.", e);
        }
    }

    /// <summary>The first interface of the card that we speak, at the address that is set: a card must not have us call others.</summary>
    private RemoteInterface Choose(AgentCard card)
    {
        string? other = null;
        foreach (var at in card.SupportedInterfaces)
        {
            if (!A2AProtocol.Speaks(at.ProtocolVersion) || !RemoteBinding.IsSpoken(at.ProtocolBinding))
            {
                continue;
            }

            if (IsHere(at.Url))
            {
                return new RemoteInterface(RemoteBinding.Of(host, at), card.Capabilities.Streaming is true);
            }

            other ??= Messaging.PlainText.Show(at.Url, Messaging.PlainText.Quoted);
        }

        throw new RemoteException(RemoteCodes.NotSupported, other is null
            ? $"The card of {host} has no interface of A2A {A2AProtocol.Version} by {A2AProtocol.JsonRpc} or {A2AProtocol.HttpJson}."
            : $"The card of {host} leads to {other}, and only the host that is set is called; set Url to an address there.");
    }

    private bool IsHere(string url) => Uri.TryCreate(url, UriKind.Absolute, out var at)
        && at.UserInfo.Length == 0 && Uri.Compare(at, options.Url, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0;
}
