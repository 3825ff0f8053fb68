using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text.Json;
using Orleans.Metadata;
using Orleans.Runtime;
using OrleansAgents.Directory;
using OrleansAgents.Messaging;

namespace OrleansAgents.Agents;

/// <summary>The kinds of one state of the cluster, and which silos understand what. A new state gets a new one.</summary>
internal sealed class HostedKinds
{
    private readonly FrozenDictionary<string, GrainProperties[]> _byKind;
    private readonly ConcurrentDictionary<string, Understanding[]> _understandings = new(StringComparer.Ordinal);
    private IReadOnlyList<KindDescription>? _list;

    public HostedKinds(ClusterManifest manifest)
    {
        Manifest = manifest;
        _byKind = manifest.AllGrainManifests
            .SelectMany(m => m.Grains)
            .Where(g => g.Value.Properties.ContainsKey(AgentKinds.ContractsProperty))
            .GroupBy(g => g.Key.ToString()!, g => g.Value, StringComparer.Ordinal)
            .ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
    }

    public ClusterManifest Manifest { get; }

    public IEnumerable<string> Names => _byKind.Keys;

    public bool Contains(string kind) => _byKind.ContainsKey(kind);

    public IReadOnlyList<KindDescription> List() =>
        _list ??= [.. _byKind.OrderBy(k => k.Key, StringComparer.Ordinal).Select(k => Describe(k.Key, k.Value))];

    /// <summary>As <see cref="AgentKinds.FindSchemas"/> says. Where silos host different classes, the one that understands most comes first.</summary>
    public IReadOnlyList<ContractEntry> FindSchemas(string kind) => _byKind.TryGetValue(kind, out var classes)
        ? ContractList.Order(classes
            .Select(c => c.Properties.GetValueOrDefault(AgentKinds.SchemasProperty))
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .Select(ContractList.Unpack)
            .OrderByDescending(entries => entries.Count)
            .SelectMany(entries => entries))
        : [];

    /// <summary>Any of the silos that handle it, so that agents which move for it spread.</summary>
    public SiloAddress? FindSilo(string kind, Contract contract, SiloAddress self)
    {
        var able = _understandings.GetOrAdd(kind, static (kind, hosted) => [.. hosted.Read(kind)], this)
            .Where(u => !u.Silo.Equals(self) && (u.Any || u.Contracts.Contains((contract.Name, contract.Version))))
            .ToArray();
        return able.Length == 0 ? null : able[Random.Shared.Next(able.Length)].Silo;
    }

    public IEnumerable<SiloAddress> FindSilos(string kind)
    {
        var type = GrainType.Create(kind);
        return Manifest.Silos.Where(silo => silo.Value.Grains.ContainsKey(type)).Select(silo => silo.Key);
    }

    private static KindDescription Describe(string kind, GrainProperties[] classes)
    {
        // The class that understands most is taken for the newest: where shapes differ its word stands.
        var read = classes
            .Select(c => (c.Properties, Contracts: ReadContracts(c.Properties)))
            .OrderByDescending(c => c.Contracts.Length)
            .ToArray();
        return new KindDescription(
            kind,
            read.Any(c => c.Properties.ContainsKey(AgentKinds.DurableProperty)),
            read.Any(c => c.Properties.ContainsKey(AgentKinds.AnyContractProperty)),
            read.Select(c => c.Properties.GetValueOrDefault(AgentKinds.DescriptionProperty)).FirstOrDefault(d => d is not null),
            [.. read.SelectMany(c => c.Contracts).DistinctBy(c => (c.Type, c.Version)).OrderBy(c => c.Type, StringComparer.Ordinal).ThenBy(c => c.Version)])
        {
            Capabilities = ReadNames(classes, AgentKinds.CapabilitiesProperty),
            Tags = ReadNames(classes, AgentKinds.TagsProperty),
            OutputModes = ReadNames(classes, AgentKinds.OutputModesProperty),
            Public = read.Any(c => c.Properties.ContainsKey(AgentKinds.PublicProperty)),
            Works = read.Any(c => c.Properties.ContainsKey(AgentKinds.WorksProperty)),
        };
    }

    private static string[] ReadNames(GrainProperties[] classes, string property) => Registration.Order(
        classes.SelectMany(c => c.Properties.GetValueOrDefault(property)?.Split(' ') ?? []));

    private IEnumerable<Understanding> Read(string kind)
    {
        var type = GrainType.Create(kind);
        foreach (var (silo, manifest) in Manifest.Silos)
        {
            if (manifest.Grains.TryGetValue(type, out var grain) && grain.Properties.ContainsKey(AgentKinds.ContractsProperty))
            {
                yield return new Understanding(
                    silo,
                    grain.Properties.ContainsKey(AgentKinds.AnyContractProperty),
                    ReadContracts(grain.Properties).Select(c => (c.Type, c.Version)).ToFrozenSet());
            }
        }
    }

    private static ContractDescription[] ReadContracts(IReadOnlyDictionary<string, string> properties) =>
        JsonSerializer.Deserialize(properties[AgentKinds.ContractsProperty], WireJson.Default.ContractDescriptionArray)!;

    /// <summary>What one silo's class of a kind handles.</summary>
    private sealed record Understanding(SiloAddress Silo, bool Any, FrozenSet<(string Name, int Version)> Contracts);
}
