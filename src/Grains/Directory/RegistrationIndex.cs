using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Directory;

/// <summary>
/// The registrations of one shard, by capability, kind and key. Putting and removing one costs the logarithm of how many
/// there are; finding the first that match costs their number, and counting those that match by tags the number of all
/// that have the capability.
/// </summary>
internal sealed class RegistrationIndex
{
    private readonly Dictionary<MessageId, Registered> _entries = [];
    private readonly Dictionary<string, SortedDictionary<string, SortedSet<Registered>>> _capabilities = new(StringComparer.Ordinal);
    private readonly TraitPool _pool = new();

    public int Count => _entries.Count;

    /// <summary>How many different sets of capabilities and tags there are.</summary>
    public int TraitCount => _pool.Count;

    /// <summary>Puts a registration, in the place of the one with its id.</summary>
    public void Put(MessageId id, AgentId agent, Registration registration)
    {
        Remove(id);
        var ordered = registration.InOrder();
        var entry = new Registered(agent.Key, _pool.Use(agent.Kind, ordered.Capabilities, ordered.Tags ?? []), ordered.Description);
        _entries[id] = entry;
        foreach (var capability in entry.Traits.Capabilities)
        {
            SetOf(capability, entry.Traits.Kind).Add(entry);
        }
    }

    /// <summary>Removes a registration; nothing happens where there is none.</summary>
    public void Remove(MessageId id)
    {
        if (!_entries.Remove(id, out var entry))
        {
            return;
        }

        _pool.Leave(entry.Traits);
        foreach (var capability in entry.Traits.Capabilities)
        {
            var kinds = _capabilities[capability];
            var agents = kinds[entry.Traits.Kind];
            agents.Remove(entry);
            if (agents.Count == 0 && kinds.Remove(entry.Traits.Kind) && kinds.Count == 0)
            {
                _capabilities.Remove(capability);
            }
        }
    }

    /// <summary>The first that match, by kind and then by key.</summary>
    /// <param name="query">What is sought; a valid one.</param>
    /// <param name="isHosted">Whether some silo hosts a kind; agents of others are left out.</param>
    public DirectoryPage Find(DirectoryFind query, Func<string, bool> isHosted)
    {
        var found = new Finding(query);
        if (_capabilities.TryGetValue(query.Capability, out var kinds))
        {
            foreach (var (kind, agents) in kinds)
            {
                if ((query.Kind is null || query.Kind == kind) && isHosted(kind))
                {
                    found.Take(kind, agents);
                }
            }
        }

        return found.ToPage();
    }

    private SortedSet<Registered> SetOf(string capability, string kind)
    {
        if (!_capabilities.TryGetValue(capability, out var kinds))
        {
            _capabilities[capability] = kinds = new(StringComparer.Ordinal);
        }

        if (!kinds.TryGetValue(kind, out var agents))
        {
            kinds[kind] = agents = new(Registered.ByKey);
        }

        return agents;
    }
}
