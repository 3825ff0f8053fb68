using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OrleansAgents.Agents;

namespace OrleansAgents.Scheduling;

/// <summary>
/// Wakes the agents that the store says are due: with messages that a crash left unsent, with messages scheduled, with
/// repeats. Waking twice, or by several silos, is harmless; so that it is rare, each silo begins with its own share.
/// </summary>
internal sealed partial class WakeService(AgentHost host, ISiloStatusOracle silos, ILogger<WakeService> logger)
    : ILifecycleParticipant<ISiloLifecycle>, ISiloStatusListener
{
    private const int AtOnce = 256;
    private const int MostAtOnce = 65_536;

    // An agent that was woken and is still due is left alone for so long.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    // And one that could not be woken now, or that another silo should wake: that one may be dead and nobody know it yet.
    private static readonly TimeSpan ShortRest = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<AgentId, DateTimeOffset> _resting = new();
    private readonly Dictionary<AgentId, DateTimeOffset> _leftToOthers = [];
    private readonly CancellationTokenSource _stopping = new();
    private volatile TaskCompletionSource _died = NewSignal();
    private Task _running = Task.CompletedTask;

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(WakeService), ServiceLifecycleStage.Active, _ =>
        {
            if (host.Store is { } store)
            {
                silos.SubscribeToSiloStatusEvents(this);
                _running = Task.Run(() => RunAsync(store));
            }

            return Task.CompletedTask;
        },
        async _ =>
        {
            silos.UnSubscribeFromSiloStatusEvents(this);
            await _stopping.CancelAsync();
            await _running;
        });

    public void SiloStatusChangeNotification(SiloAddress updatedSilo, SiloStatus status)
    {
        if (status == SiloStatus.Dead)
        {
            _died.TrySetResult();
        }
    }

    private async Task RunAsync(IAgentStore store)
    {
        // What this silo's last run left is done now, and not only when its time to be missed is over.
        var ahead = host.Options.WakeAfter;
        var portion = AtOnce;
        // Silos that started together would all come at one moment, each time.
        var pause = host.Options.WakePeriod * Random.Shared.NextDouble();
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                if (_died.Task.IsCompleted)
                {
                    // Nor is that of the dead silo; who was woken there must be woken again.
                    _died = NewSignal();
                    ahead = host.Options.WakeAfter;
                    _resting.Clear();
                }

                if (await ScanAsync(store, ahead, portion))
                {
                    // Each round passes over what the rounds before it woke, so many in small portions would take long.
                    portion = Math.Min(portion * 2, MostAtOnce);
                }
                else
                {
                    (ahead, portion) = (TimeSpan.Zero, AtOnce);
                    await Task.WhenAny(Task.Delay(pause, host.Time, _stopping.Token), _died.Task);
                    pause = host.Options.WakePeriod;
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

    /// <summary>Wakes a portion of what is due; true when there is more.</summary>
    private async Task<bool> ScanAsync(IAgentStore store, TimeSpan ahead, int portion)
    {
        var now = host.Time.GetUtcNow();
        ForgetRested(now);
        var limit = portion + _resting.Count + _leftToOthers.Count;
        var due = await store.ReadDueAsync(now + ahead, limit, _stopping.Token);
        var woken = due.Count == 0 ? [] : Choose(due, now);
        await Parallel.ForEachAsync(woken, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (agent, _) => await WakeAsync(agent, now));
        return due.Count == limit;
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

        foreach (var (agent, until) in _leftToOthers.ToArray())
        {
            // Long enough that the round which finds it still due finds it here.
            if (until + ShortRest <= now)
            {
                _leftToOthers.Remove(agent);
            }
        }
    }

    private List<AgentId> Choose(IReadOnlyList<AgentId> due, DateTimeOffset now)
    {
        var share = WakeShare.Of(silos);
        var chosen = new List<AgentId>();
        foreach (var agent in due)
        {
            if (_resting.ContainsKey(agent))
            {
                continue;
            }

            if (share.Has(agent) || (_leftToOthers.TryGetValue(agent, out var until) && until <= now))
            {
                _leftToOthers.Remove(agent);
                _resting[agent] = now + Rest;
                chosen.Add(agent);
            }
            else
            {
                _leftToOthers.TryAdd(agent, now + ShortRest);
            }
        }

        return chosen;
    }

    private async Task WakeAsync(AgentId agent, DateTimeOffset now)
    {
        if (!host.IsHosted(agent.Kind))
        {
            _resting[agent] = now + ShortRest;
            return;
        }

        try
        {
            await host.Find(agent).WakeAsync().AsTask().WaitAsync(Rest, host.Time, _stopping.Token);
        }
        catch (Exception e)
        {
            // The boundary: it stays due, and is woken again.
            _resting[agent] = now + ShortRest;
            LogNotWoken(logger, agent, e);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(Level = LogLevel.Error, Message = "The store could not say which agents are due; trying again")]
    private static partial void LogNotRead(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Agent} is due and could not be woken; trying again")]
    private static partial void LogNotWoken(ILogger logger, AgentId agent, Exception exception);
}
