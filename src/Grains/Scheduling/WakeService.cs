using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OrleansAgents.Agents;

namespace OrleansAgents.Scheduling;

/// <summary>
/// Wakes the agents that the store says are due: with messages that a crash left unsent, with messages scheduled, with
/// repeats. Waking twice, or by several silos, is harmless.
/// </summary>
internal sealed partial class WakeService(AgentHost host, ILogger<WakeService> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    private const int AtOnce = 256;

    // An agent that was woken and is still due, such as one whose kind nobody hosts, is left alone for so long.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<AgentId, DateTimeOffset> _resting = new();
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(WakeService), ServiceLifecycleStage.Active, _ =>
        {
            if (host.Store is { } store)
            {
                _running = Task.Run(() => RunAsync(store));
            }

            return Task.CompletedTask;
        },
        async _ =>
        {
            await _stopping.CancelAsync();
            await _running;
        });

    private async Task RunAsync(IAgentStore store)
    {
        // What this silo's last run left is done now, and not only when its time to be missed is over.
        var ahead = host.Options.WakeAfter;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var now = host.Time.GetUtcNow();
                ForgetRested(now);
                var due = await store.ReadDueAsync(now + ahead, AtOnce + _resting.Count, _stopping.Token);
                if (await WakeAsync(due, now) < AtOnce)
                {
                    ahead = TimeSpan.Zero;
                    await Task.Delay(host.Options.WakePeriod, host.Time, _stopping.Token);
                }
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // The boundary: the next round tries again.
                LogNotRead(logger, e);
                await Task.Delay(Rest, host.Time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void ForgetRested(DateTimeOffset now)
    {
        foreach (var (agent, until) in _resting)
        {
            if (until <= now)
            {
                _resting.TryRemove(agent, out _);
            }
        }
    }

    private async Task<int> WakeAsync(IReadOnlyList<AgentId> due, DateTimeOffset now)
    {
        var rested = due.Where(a => _resting.TryAdd(a, now + Rest)).ToList();
        await Parallel.ForEachAsync(rested, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (agent, _) =>
        {
            try
            {
                await host.Find(agent).WakeAsync();
            }
            catch (Exception e)
            {
                // The boundary: it stays due, and is woken again.
                LogNotWoken(logger, agent, e);
            }
        });
        return rested.Count;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The store could not say which agents are due; trying again")]
    private static partial void LogNotRead(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Agent} is due and could not be woken; trying again")]
    private static partial void LogNotWoken(ILogger logger, AgentId agent, Exception exception);
}
