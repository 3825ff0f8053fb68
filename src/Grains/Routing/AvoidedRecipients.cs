using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Routing;

/// <summary>
/// Agents that were busy or failed several times on end: they get nothing for a while, which doubles each time they fail
/// again, and then one message more to prove themselves (a circuit breaker; Nygard, "Release It!", 2007).
/// </summary>
internal sealed class AvoidedRecipients(TimeProvider time)
{
    public const int Patience = 3;
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1), Longest = TimeSpan.FromSeconds(30);

    private readonly Dictionary<AgentId, (int Failures, DateTimeOffset Until, string Code)> _failing = [];

    public bool Contains(AgentId agent) => _failing.Count > 0 && _failing.TryGetValue(agent, out var state) && state.Until > time.GetUtcNow();

    public void Succeeded(AgentId agent)
    {
        if (_failing.Count > 0)
        {
            _failing.Remove(agent);
        }
    }

    public void Failed(AgentId agent, Refusal why)
    {
        var failures = _failing.GetValueOrDefault(agent).Failures + 1;
        var pause = TimeSpan.FromTicks((long)Math.Min(First.Ticks * Math.Pow(2, failures - Patience), Longest.Ticks));
        _failing[agent] = (failures, failures < Patience ? DateTimeOffset.MinValue : time.GetUtcNow() + pause, why.Code);
    }

    public IReadOnlyList<AvoidedAgent> List() =>
        [.. _failing.Where(f => f.Value.Until > time.GetUtcNow()).Select(f => new AvoidedAgent(f.Key.ToString(), f.Value.Until, f.Value.Code)).OrderBy(a => a.Agent, StringComparer.Ordinal)];
}
