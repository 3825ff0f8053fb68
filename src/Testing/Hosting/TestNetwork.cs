using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using OrleansAgents.Agents;
using OrleansAgents.Testing.Faults;

namespace OrleansAgents.Testing.Hosting;

/// <summary>What the silos and clients of one test cluster share: what is under way, and what stands in its way.</summary>
internal sealed class TestNetwork(FaultPlan? faults, TimeProvider time)
{
    private readonly ConditionalWeakTable<object, object> _copies = [];
    private readonly ConcurrentDictionary<(string, string), byte> _cuts = new();
    private readonly ConcurrentDictionary<AgentId, byte> _crashing = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _overtakers = new(StringComparer.Ordinal);

    public FaultPlan? Faults { get; } = faults;

    public TimeProvider Time { get; } = time;

    public Traffic Traffic { get; } = new(time);

    /// <summary>Crashes an agent behind a message; the cluster sets it.</summary>
    public Action<AgentId> Crash { get; set; } = static _ => { };

    /// <summary>Marks a second copy of a message or of events: no fault befalls it, and nobody waits for it.</summary>
    public T Copied<T>(T copy)
        where T : class
    {
        _copies.Add(copy, copy);
        return copy;
    }

    public bool IsCopy(object content) => _copies.TryGetValue(content, out _);

    public void Cut(string one, string other) => _cuts[Pair(one, other)] = 0;

    public void Heal() => _cuts.Clear();

    public bool IsCut(string one, string other) => _cuts.ContainsKey(Pair(one, other));

    public void BeginCrash(AgentId agent) => _crashing[agent] = 0;

    public void EndCrash(AgentId agent) => _crashing.TryRemove(agent, out _);

    public bool IsCrashing(AgentId agent) => _crashing.ContainsKey(agent);

    /// <summary>Whether what runs for an agent there is only left over from before a crash.</summary>
    public bool IsGone(TestSiloLife? silo, AgentId agent) => silo is { IsKilled: true } || IsCrashing(agent);

    /// <summary>Ends when another message of the link comes.</summary>
    public Task NextOn(string link) => _overtakers.GetOrAdd(link, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Lets go what waited to be overtaken.</summary>
    public void Passed(string link)
    {
        if (_overtakers.TryRemove(link, out var waiting))
        {
            waiting.SetResult();
        }
    }

    private static (string, string) Pair(string one, string other) =>
        string.CompareOrdinal(one, other) < 0 ? (one, other) : (other, one);
}

/// <summary>Whether a silo of the cluster lives. A killed one goes on running in the test's process, so it must be cut off.</summary>
internal sealed class TestSiloLife(int number)
{
    private volatile bool _isKilled, _isLost;

    public int Number { get; } = number;

    // Not the testing host's own, which it gives out again once a silo is gone.
    public string Name { get; } = $"Silo_{number}";

    public bool IsKilled => _isKilled;

    /// <summary>Whether nothing that is sent from it arrives any more: it was killed, or taken off the network.</summary>
    public bool IsLost => _isKilled || _isLost;

    public void Kill() => _isKilled = true;

    public void Lose() => _isLost = true;
}
