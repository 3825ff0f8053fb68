using System.Threading.Channels;

namespace OrleansAgents.A2A;

/// <summary>
/// The events of a stream that is open. They are read as they come, so that whoever takes them finds what has gathered; a few
/// at most are read ahead.
/// </summary>
internal sealed class RemoteEvents : IAsyncDisposable
{
    private const int ReadAhead = 256;

    private readonly Channel<StreamResponse> _events = Channel.CreateBounded<StreamResponse>(ReadAhead);
    private readonly CancellationTokenSource _end = new();
    private readonly HttpResponseMessage? _answer;
    private readonly Task _reading = Task.CompletedTask;

    /// <summary>What was answered in the place of a stream.</summary>
    public RemoteEvents(StreamResponse only)
    {
        _events.Writer.TryWrite(only);
        _events.Writer.Complete();
    }

    /// <param name="answer">The answer that has begun; it belongs to this from now on.</param>
    /// <param name="binding">How its events are read.</param>
    /// <param name="host">What the other side is called in errors.</param>
    /// <param name="options">How long it may be silent, and how much it may bring.</param>
    /// <param name="time">The clock of its silence.</param>
    public RemoteEvents(HttpResponseMessage answer, RemoteBinding binding, string host, RemoteOptions options, TimeProvider time)
    {
        _answer = answer;
        _reading = Task.Run(() => ReadAsync(answer, binding, host, options, time, _end.Token));
    }

    /// <summary>The events. It ends where the stream does, and fails with a <see cref="RemoteException"/>.</summary>
    public ChannelReader<StreamResponse> Reader => _events.Reader;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _answer?.Dispose();
        _end.Dispose();
    }

    private async Task ReadAsync(HttpResponseMessage answer, RemoteBinding binding, string host, RemoteOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        Exception? fault = null;
        using var silence = new CancellationTokenSource(options.StreamTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        try
        {
            var lines = new EventLines(await answer.Content.ReadAsStreamAsync(either.Token), options.MaxBytes);
            while (await lines.NextAsync(() => silence.CancelAfter(options.StreamTimeout), either.Token) is { } data)
            {
                var one = RemoteClient.Demand(binding.Read(data, A2AJson.Default.StreamResponse), host);
                // Who takes them may take its time; only the other side's silence counts.
                silence.CancelAfter(Timeout.InfiniteTimeSpan);
                await _events.Writer.WriteAsync(one, cancellationToken);
                silence.CancelAfter(options.StreamTimeout);
            }

            fault = lines.IsTooLarge ? RemoteException.TooLarge(host, options.MaxBytes) : null;
        }
        catch (RemoteException e)
        {
            fault = e;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Nobody wants more.
        }
        catch (OperationCanceledException e)
        {
            fault = new RemoteException(RemoteCodes.Unavailable, $"{host} was silent for {options.StreamTimeout}.", e) { IsTransient = true };
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            fault = new RemoteException(RemoteCodes.Unavailable, $"The connection to {host} was lost.", e) { IsTransient = true };
        }
        catch (Exception e)
        {
            // The boundary: who takes the events is told.
            fault = e;
        }

        _events.Writer.TryComplete(fault);
    }
}
