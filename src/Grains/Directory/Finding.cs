using OrleansAgents.Agents;

namespace OrleansAgents.Directory;

/// <summary>A page being filled, and the count beside it.</summary>
internal sealed class Finding(DirectoryFind query)
{
    private readonly AgentId? _after = query.After is { } text ? AgentId.Parse(text) : default(AgentId?);
    private readonly List<DirectoryEntry> _page = [];
    private int _total;
    private bool _more;

    /// <summary>Takes what matches of one kind; kinds come in order.</summary>
    public void Take(string kind, SortedSet<Registered> agents)
    {
        if (query.Tags is { Count: > 0 } tags)
        {
            TakeTagged(kind, agents, tags);
            return;
        }

        _total += agents.Count;
        foreach (var agent in Behind(kind, agents))
        {
            if (!TryAdd(agent))
            {
                return;
            }
        }
    }

    public DirectoryPage ToPage() => new(_page, _total, _more);

    /// <summary>All are looked at, because those that match are counted.</summary>
    private void TakeTagged(string kind, SortedSet<Registered> agents, IReadOnlyList<string> tags)
    {
        var position = _after is { } after ? string.CompareOrdinal(kind, after.Kind) : 1;
        foreach (var agent in agents)
        {
            if (agent.Traits.HasTags(tags))
            {
                _total++;
                if (position > 0 || (position == 0 && string.CompareOrdinal(agent.Key, _after!.Value.Key) > 0))
                {
                    TryAdd(agent);
                }
            }
        }
    }

    private bool TryAdd(Registered agent)
    {
        _more = _page.Count == query.Limit;
        if (!_more)
        {
            _page.Add(agent.Describe());
        }

        return !_more;
    }

    private IEnumerable<Registered> Behind(string kind, SortedSet<Registered> agents)
    {
        if (_after is not { } after)
        {
            return agents;
        }

        var position = string.CompareOrdinal(kind, after.Kind);
        if (position != 0)
        {
            return position < 0 ? [] : agents;
        }

        return string.CompareOrdinal(agents.Max!.Key, after.Key) <= 0
            ? []
            : agents.GetViewBetween(Registered.Probe(after.Key), agents.Max).SkipWhile(agent => agent.Key == after.Key);
    }
}
