using System.Collections.Concurrent;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Tests.Cluster;

/// <summary>
/// Sends messages at an even pace, each until it is acknowledged, under one id. The pace leaves room on a small machine for
/// the silos to hear one another: what starves them is another test's affair.
/// </summary>
internal sealed class SteadyLoad : IAsyncDisposable
{
    private const int Lanes = 6;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan Try = TimeSpan.FromSeconds(15);

    private readonly OutsideClient _client;
    private readonly Func<int, Envelope> _message;
    private readonly Action<int> _expect;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly Task _running;
    private int _acknowledged;

    public SteadyLoad(OutsideClient client, Func<int, Envelope> message, Action<int> expect)
    {
        (_client, _message, _expect) = (client, message, expect);
        _running = Task.WhenAll(Enumerable.Range(0, Lanes).Select(RunAsync));
    }

    public SteadyLoad(OutsideClient client, Traffic traffic)
        : this(client, traffic.Message, traffic.Expect)
    {
    }

    public int Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>What came back instead of an acknowledgement, beyond the client's own repeats; each was sent again.</summary>
    public IReadOnlyCollection<string> Failures => _failures;

    /// <summary>Waits until so many more messages are acknowledged.</summary>
    public async Task AdvanceAsync(int count)
    {
        var goal = Acknowledged + count;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(90), TimeProvider.System);
        using var timer = new PeriodicTimer(Pace, TimeProvider.System);
        while (Acknowledged < goal)
        {
            Assert.False(_running.IsCompleted, "The load has ended.");
            await timer.WaitForNextTickAsync(patience.Token);
        }
    }

    /// <summary>Begins no new message, and waits until all that were begun are acknowledged.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task RunAsync(int lane)
    {
        using var timer = new PeriodicTimer(Pace, TimeProvider.System);
        for (var n = lane; !_stop.IsCancellationRequested; n += Lanes)
        {
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            _expect(n);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            patience.CancelAfter(TimeSpan.FromSeconds(90));
            while (!await SendAsync(_message(n), patience.Token))
            {
            }

            Interlocked.Increment(ref _acknowledged);
        }
    }

    private async Task<bool> SendAsync(Envelope message, CancellationToken cancellationToken)
    {
        try
        {
            var reply = await _client.Agents.SendAsync(message, new SendOptions { Timeout = Try }, cancellationToken);
            if (reply.Refusal is not { } refusal)
            {
                return true;
            }

            _failures.Enqueue($"{message}: {refusal.Code} {refusal.Message}");
        }
        catch (AgentException e)
        {
            _failures.Enqueue($"{message}: {e.Code} {e.Message}");
        }

        cancellationToken.ThrowIfCancellationRequested();
        return false;
    }
}
