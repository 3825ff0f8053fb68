using OrleansAgents.Agents;

namespace OrleansAgents.Sqlite;

/// <summary>
/// The agents in memory: all that the rows are behind of, and the recently used others. Only the writer changes it, under
/// <see cref="Sync"/>; others read under it.
/// </summary>
internal sealed class AgentTable(int mostClean)
{
    private readonly Dictionary<AgentId, AgentEntry> _byName = [];
    private readonly Dictionary<long, AgentEntry> _byId = [];
    private readonly Queue<AgentEntry> _clean = new();
    private readonly SortedSet<(long Wake, long Id)> _due = [];

    public Lock Sync { get; } = new();

    public int Count => _byName.Count;

    /// <summary>The agents changed since the last fold began.</summary>
    public List<AgentEntry> Changed { get; private set; } = [];

    /// <summary>The bytes of their states.</summary>
    public long ChangedBytes { get; private set; }

    public AgentEntry? Find(AgentId agent) => _byName.GetValueOrDefault(agent);

    public AgentEntry? Find(long id) => _byId.GetValueOrDefault(id);

    public void Add(AgentEntry entry)
    {
        lock (Sync)
        {
            _byName.Add(entry.Agent, entry);
            _byId.Add(entry.Id, entry);
        }

        if (entry.HasRow)
        {
            Release(entry);
        }
    }

    public void Remove(AgentEntry entry)
    {
        lock (Sync)
        {
            _byName.Remove(entry.Agent);
            _byId.Remove(entry.Id);
        }
    }

    /// <summary>An entry has changes that its row lacks. Under the lock.</summary>
    public void Touch(AgentEntry entry, int stateBytes)
    {
        ChangedBytes += stateBytes;
        if (!entry.Changed)
        {
            entry.Changed = true;
            Changed.Add(entry);
        }

        if (entry.DueKey != entry.Wake)
        {
            MoveDue(entry, entry.Wake);
        }
    }

    /// <summary>Takes the changed agents, to be folded in the order of their rows.</summary>
    public List<AgentEntry> TakeChanged()
    {
        var taken = Changed;
        Changed = [];
        ChangedBytes = 0;
        taken.Sort(static (a, b) => a.Id.CompareTo(b.Id));
        foreach (var entry in taken)
        {
            (entry.Changed, entry.Folding) = (false, true);
        }

        return taken;
    }

    /// <summary>A row was written. Under the lock.</summary>
    public void Folded(AgentEntry entry)
    {
        entry.Folded();
        if (!entry.Changed)
        {
            MoveDue(entry, 0);
            Release(entry);
        }
    }

    /// <summary>The first agents to be woken of those whose rows do not say so yet. Under the lock.</summary>
    public List<AgentEntry> FindDue(long until, int limit) =>
        [.. _due.TakeWhile(due => due.Wake <= until).Take(limit).Select(due => _byId[due.Id])];

    /// <summary>Lets the longest unused agents go whose rows have everything, after a look at so many.</summary>
    public void Evict(int looks)
    {
        for (; looks > 0 && _clean.Count > mostClean; looks--)
        {
            var entry = _clean.Dequeue();
            entry.Queued = false;
            if (!entry.IsClean)
            {
                continue;
            }

            if (entry.Used)
            {
                entry.Used = false;
                Release(entry);
            }
            else
            {
                Remove(entry);
            }
        }
    }

    private void Release(AgentEntry entry)
    {
        if (!entry.Queued)
        {
            entry.Queued = true;
            _clean.Enqueue(entry);
        }
    }

    private void MoveDue(AgentEntry entry, long wake)
    {
        if (entry.DueKey != 0)
        {
            _due.Remove((entry.DueKey, entry.Id));
        }

        entry.DueKey = wake;
        if (wake != 0)
        {
            _due.Add((wake, entry.Id));
        }
    }
}
