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
        var anyTags = query.Tags is not { Count: > 0 };
        _total += anyTags ? agents.Count : agents.Count(agent => agent.Traits.HasTags(query.Tags));
        foreach (var agent in Behind(kind, agents))
        {
            if (!anyTags && !agent.Traits.HasTags(query.Tags))
            {
                continue;
            }

            if (_page.Count == query.Limit)
            {
                _more = true;
                return;
            }

            _page.Add(agent.Describe());
        }
    }

    public DirectoryPage ToPage() => new(_page, _total, _more);

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
