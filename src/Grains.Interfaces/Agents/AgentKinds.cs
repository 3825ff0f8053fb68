using System.Text.Json;
using Orleans.Metadata;
using Orleans.Runtime;
using OrleansAgents.Messaging;

namespace OrleansAgents.Agents;

/// <summary>What a kind of agent understands.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Durable">Whether its state survives crashes.</param>
/// <param name="AnyContract">Whether it takes contracts that it does not list.</param>
/// <param name="Description">A sentence for people; null when its author gave none.</param>
/// <param name="Contracts">The contracts it handles, by name.</param>
public sealed record KindDescription(
    string Kind, bool Durable, bool AnyContract, string? Description, IReadOnlyList<ContractDescription> Contracts);

/// <summary>A contract as a kind handles it.</summary>
/// <param name="Type">The contract's name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Query">Whether handling it changes nothing.</param>
/// <param name="Payload">Its members and their types, such as <c>{"amount":"integer"}</c>.</param>
/// <param name="Reply">The type of the reply likewise; null when there is none.</param>
public sealed record ContractDescription(string Type, int Version, bool Query, string Payload, string? Reply);

/// <summary>
/// The kinds that the cluster's silos host, as their manifests say: known on every silo and client without a call.
/// </summary>
public sealed class AgentKinds(IClusterManifestProvider manifests)
{
    internal const string DurableProperty = "agents.durable";
    internal const string AnyContractProperty = "agents.any";
    internal const string DescriptionProperty = "agents.description";
    internal const string ContractsProperty = "agents.contracts";

    /// <summary>Whether any silo hosts <paramref name="kind"/>.</summary>
    public bool IsHosted(string kind)
    {
        var type = GrainType.Create(kind);
        foreach (var manifest in manifests.Current.AllGrainManifests)
        {
            if (manifest.Grains.TryGetValue(type, out var properties) && properties.Properties.ContainsKey(ContractsProperty))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Every kind that some silo hosts, by name.</summary>
    public IReadOnlyList<KindDescription> List()
    {
        var kinds = new SortedDictionary<string, KindDescription>(StringComparer.Ordinal);
        foreach (var manifest in manifests.Current.AllGrainManifests)
        {
            foreach (var (type, grain) in manifest.Grains)
            {
                if (grain.Properties.TryGetValue(ContractsProperty, out var contracts))
                {
                    kinds[type.ToString()!] = new KindDescription(
                        type.ToString()!,
                        grain.Properties.ContainsKey(DurableProperty),
                        grain.Properties.ContainsKey(AnyContractProperty),
                        grain.Properties.GetValueOrDefault(DescriptionProperty),
                        JsonSerializer.Deserialize(contracts, WireJson.Default.ContractDescriptionArray)!);
                }
            }
        }

        return [.. kinds.Values];
    }

    internal Refusal? FindFault(string kind) => IsHosted(kind)
        ? null
        : new Refusal(RefusalCodes.UnknownKind, $"No silo hosts the kind '{kind}'. Kinds there are: {string.Join(", ", List().Select(k => k.Kind))}.");
}
