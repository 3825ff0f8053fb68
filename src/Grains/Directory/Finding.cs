using OrleansAgents.Agents;

namespace OrleansAgents.Directory;

/// <summary>A page being filled, and the count beside it.</summary>
internal sealed class Finding(DirectoryFind query)
{
    // Of so many sets the first members are compared faster than all agents are looked at.
    private const int MostMerged = 64;

    private readonly AgentId? _after = query.After is { } text ? AgentId.Parse(text) : default(AgentId?);
    private readonly List<DirectoryEntry> _page = [];
    private int _total;
    private bool _more;

    /// <summary>Takes what matches of one kind; kinds come in order.</summary>
    public void Take(string kind, Capable capable)
    {
        if (query.Tags is { Count: > 0 } tags)
        {
            TakeTagged(kind, capable, tags);
        }
        else
        {
            Take(kind, capable.Agents.Count, capable.Agents.Behind);
        }
    }

    public DirectoryPage ToPage() => new(_page, _total, _more);

    /// <summary>Who has the same has all the tags or not, so that they are counted together.</summary>
    private void TakeTagged(string kind, Capable capable, IReadOnlyList<string> tags)
    {
        List<AgentsByKey> matching = [];
        var count = 0;
        foreach (var traits in capable.Traits)
        {
            if (traits.HasTags(tags))
            {
                matching.Add(traits.Agents);
                count += traits.Agents.Count;
            }
        }

        Take(kind, count, key => matching.Count <= MostMerged
            ? Merge([.. matching.Select(agents => agents.Behind(key))])
            : capable.Agents.Behind(key).Where(agent => agent.Traits.HasTags(tags)));
    }

    /// <param name="kind">The kind.</param>
    /// <param name="count">How many match.</param>
    /// <param name="behind">Those that match behind a key, or all for null.</param>
    private void Take(string kind, int count, Func<string?, IEnumerable<Registered>> behind)
    {
        _total += count;
        var position = _after is { } after ? string.CompareOrdinal(kind, after.Kind) : 1;
        if (count == 0 || position < 0)
        {
            return;
        }

        foreach (var agent in behind(position == 0 ? _after!.Value.Key : null))
        {
            _more = _page.Count == query.Limit;
            if (_more)
            {
                return;
            }

            _page.Add(agent.Describe());
        }
    }

    /// <summary>The members of all in order.</summary>
    private static IEnumerable<Registered> Merge(IReadOnlyList<IEnumerable<Registered>> sets) => sets.Count == 1 ? sets[0] : MergeMany(sets);

    private static IEnumerable<Registered> MergeMany(IReadOnlyList<IEnumerable<Registered>> sets)
    {
        var heads = new PriorityQueue<IEnumerator<Registered>, string>(StringComparer.Ordinal);
        foreach (var set in sets)
        {
            var head = set.GetEnumerator();
            if (head.MoveNext())
            {
                heads.Enqueue(head, head.Current.Key);
            }
        }

        while (heads.TryPeek(out var head, out _))
        {
            yield return head.Current;
            if (head.MoveNext())
            {
                heads.DequeueEnqueue(head, head.Current.Key);
            }
            else
            {
                heads.Dequeue();
            }
        }
    }
}
