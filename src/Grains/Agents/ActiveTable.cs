using System.Collections.Concurrent;

namespace OrleansAgents.Agents;

/// <summary>
/// The agents that are active on this silo. An activation adds one entry and its end removes it; all the work is in
/// reading. Thread-safe.
/// </summary>
internal sealed class ActiveTable
{
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, Agent>> _kinds = new(StringComparer.Ordinal);

    public void Add(AgentId id, Agent agent) => _kinds
        .GetOrAdd(id.Kind, static _ => new ConcurrentDictionary<string, Agent>(StringComparer.Ordinal))[id.Key] = agent;

    /// <summary>Removes this activation, and not the one that may have followed it.</summary>
    public void Remove(AgentId id, Agent agent)
    {
        if (_kinds.TryGetValue(id.Kind, out var agents))
        {
            agents.TryRemove(new KeyValuePair<string, Agent>(id.Key, agent));
        }
    }

    /// <summary>How many are active of each kind that has any, by name.</summary>
    public IReadOnlyList<(string Kind, int Count)> Count() =>
        [.. _kinds.Select(k => (k.Key, k.Value.Count)).Where(k => k.Count > 0).OrderBy(k => k.Key, StringComparer.Ordinal)];

    /// <summary>The first agents by kind and key that match, and how many match in all.</summary>
    /// <param name="kind">Only those of this kind; null for all.</param>
    /// <param name="prefix">How their keys begin; null for any.</param>
    /// <param name="after">Only those behind this address count for the page; null for all.</param>
    /// <param name="limit">How many the page has at most.</param>
    public (IReadOnlyList<AgentId> Page, int Total) List(string? kind, string? prefix, AgentId? after, int limit)
    {
        var page = new List<AgentId>();
        var total = 0;
        foreach (var (name, agents) in _kinds.OrderBy(k => k.Key, StringComparer.Ordinal).Where(k => kind is null || k.Key == kind))
        {
            // Those before it are not on the page, and are counted all the same.
            var position = after is { } last ? string.CompareOrdinal(name, last.Kind) : 1;
            var (keys, count) = First(agents, prefix, position == 0 ? after!.Value.Key : null, position < 0 ? 0 : limit - page.Count);
            total += count;
            page.AddRange(keys.Select(key => AgentId.Trusted(name, key)));
        }

        return (page, total);
    }

    /// <summary>Keeps the least keys seen so far, so that a page of a large table costs no sorting of it all.</summary>
    private static (IEnumerable<string> Keys, int Count) First(ConcurrentDictionary<string, Agent> agents, string? prefix, string? after, int limit)
    {
        var least = new PriorityQueue<string, string>(Comparer<string>.Create(static (a, b) => string.CompareOrdinal(b, a)));
        var count = 0;
        foreach (var (key, _) in agents)
        {
            if (prefix is not null && !key.StartsWith(prefix, StringComparison.Ordinal))
            {
                continue;
            }

            count++;
            if (after is not null && string.CompareOrdinal(key, after) <= 0)
            {
                continue;
            }

            if (least.Count < limit)
            {
                least.Enqueue(key, key);
            }
            else if (limit > 0)
            {
                least.EnqueueDequeue(key, key);
            }
        }

        return (least.UnorderedItems.Select(item => item.Element).Order(StringComparer.Ordinal), count);
    }
}
