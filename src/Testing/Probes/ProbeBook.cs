using System.Collections.Concurrent;

namespace OrleansAgents.Testing.Probes;

/// <summary>The probes of a cluster, shared by its silos: a probe's messages outlive the silo that got them.</summary>
internal sealed class ProbeBook(AgentTestCluster cluster)
{
    private readonly ConcurrentDictionary<string, AgentProbe> _probes = new(StringComparer.Ordinal);

    public AgentProbe Open(string name) =>
        _probes.GetOrAdd(name, static (name, cluster) => new AgentProbe(cluster, new(AgentProbe.Kind, name)), cluster);
}
