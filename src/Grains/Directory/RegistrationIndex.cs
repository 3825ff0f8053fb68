using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Directory;

/// <summary>
/// The registrations of one shard, by capability, kind and key. Putting and removing one costs the logarithm of how many
/// there are; finding the first that match costs their number, and those that match by tags the number of different sets
/// of capabilities and tags among all that have the capability.
/// </summary>
internal sealed class RegistrationIndex
{
    private readonly Dictionary<MessageId, Registered> _entries = [];
    private readonly Dictionary<string, SortedDictionary<string, Capable>> _capabilities = new(StringComparer.Ordinal);
    private readonly TraitPool _pool = new();

    public int Count => _entries.Count;

    /// <summary>How many different sets of capabilities and tags there are.</summary>
    public int TraitCount => _pool.Count;

    /// <summary>Puts a registration, in the place of the one with its id.</summary>
    public void Put(MessageId id, AgentId agent, Registration registration)
    {
        Remove(id);
        var ordered = registration.InOrder();
        var traits = _pool.Find(agent.Kind, ordered.Capabilities, ordered.Tags ?? []);
        var entry = new Registered(agent.Key, traits, ordered.Description);
        _entries[id] = entry;
        traits.Agents.Add(entry);
        foreach (var capability in traits.Capabilities)
        {
            WhoCan(capability, traits.Kind).Add(entry);
        }
    }

    /// <summary>Removes a registration; nothing happens where there is none.</summary>
    public void Remove(MessageId id)
    {
        if (!_entries.Remove(id, out var entry))
        {
            return;
        }

        var traits = entry.Traits;
        traits.Agents.Remove(entry.Key);
        foreach (var capability in traits.Capabilities)
        {
            var kinds = _capabilities[capability];
            var capable = kinds[traits.Kind];
            capable.Remove(entry);
            if (capable.Agents.Count == 0 && kinds.Remove(traits.Kind) && kinds.Count == 0)
            {
                _capabilities.Remove(capability);
            }
        }

        if (traits.Agents.Count == 0)
        {
            _pool.Remove(traits);
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
            foreach (var (kind, capable) in kinds)
            {
                if ((query.Kind is null || query.Kind == kind) && isHosted(kind))
                {
                    found.Take(kind, capable);
                }
            }
        }

        return found.ToPage();
    }

    private Capable WhoCan(string capability, string kind)
    {
        if (!_capabilities.TryGetValue(capability, out var kinds))
        {
            _capabilities[capability] = kinds = new(StringComparer.Ordinal);
        }

        if (!kinds.TryGetValue(kind, out var capable))
        {
            kinds[kind] = capable = new();
        }

        return capable;
    }
}

/// <summary>The agents of one kind that have a capability.</summary>
internal sealed class Capable
{
    private readonly HashSet<Traits> _traits = [];

    public AgentsByKey Agents { get; } = new();

    /// <summary>What they have, each once.</summary>
    public IReadOnlyCollection<Traits> Traits => _traits;

    /// <summary>Puts one that is among its traits' agents already.</summary>
    public void Add(Registered agent)
    {
        Agents.Add(agent);
        _traits.Add(agent.Traits);
    }

    /// <summary>Removes one that is not among its traits' agents any more.</summary>
    public void Remove(Registered agent)
    {
        Agents.Remove(agent.Key);
        if (agent.Traits.Agents.Count == 0)
        {
            _traits.Remove(agent.Traits);
        }
    }
}
