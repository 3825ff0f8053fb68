using System.Collections.Concurrent;
using System.Text.Json.Serialization;
using Orleans.Metadata;
using Orleans.Runtime;
using OrleansAgents.Messaging;

namespace OrleansAgents.Agents;

/// <summary>What a kind of agent understands.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Durable">Whether its state survives crashes.</param>
/// <param name="AnyContract">Whether it takes contracts that it does not list.</param>
/// <param name="Description">A sentence for people; null when its author gave none.</param>
/// <param name="Contracts">The contracts that any silo's class of it handles, older versions included, by name.</param>
public sealed record KindDescription(
    string Kind, bool Durable, bool AnyContract, string? Description, IReadOnlyList<ContractDescription> Contracts)
{
    /// <summary>What every agent of the kind can do, by which it is found; in order, empty when its author named nothing.</summary>
    public IReadOnlyList<string> Capabilities { get; init; } = [];

    /// <summary>What narrows a search for it down; in order, empty when its author named nothing.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Whether it is offered to programs outside by A2A and MCP, where their doors are open.</summary>
    public bool Public { get; init; }

    /// <summary>
    /// Whether its agents go on with a message beyond the turn that took it, so that what comes of it is in its run and not
    /// in the answer: a class of it does work, or handles what is said in a run or that one is over.
    /// </summary>
    public bool Works { get; init; }

    /// <summary>The media types of what its agents make where they talk or work; in order, empty when its author named none.</summary>
    public IReadOnlyList<string> OutputModes { get; init; } = [];
}

/// <summary>A contract as a kind handles it.</summary>
/// <param name="Type">The contract's name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Query">Whether handling it changes nothing.</param>
/// <param name="Payload">Its members and their types, such as <c>{"amount":"integer"}</c>.</param>
/// <param name="Reply">The type of the reply likewise; null when there is none.</param>
public sealed record ContractDescription(string Type, int Version, bool Query, string Payload, string? Reply)
{
    /// <summary>The version of the same contract that it is made before it is handled (<see cref="IUpcastFrom{TOld, TNew}"/>); null where it is handled as it is.</summary>
    public int? UpcastTo { get; init; }

    /// <summary>Whether it comes from the agent itself, and is taken from nobody else.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Own { get; init; }
}

/// <summary>
/// The kinds that the cluster's silos host, as their manifests say: known on every silo and client without a call.
/// </summary>
public sealed class AgentKinds(IClusterManifestProvider manifests)
{
    internal const string DurableProperty = "agents.durable";
    internal const string AnyContractProperty = "agents.any";
    internal const string DescriptionProperty = "agents.description";
    internal const string ContractsProperty = "agents.contracts";
    internal const string SchemasProperty = "agents.schemas";
    internal const string CapabilitiesProperty = "agents.capabilities";
    internal const string TagsProperty = "agents.tags";
    internal const string OutputModesProperty = "agents.output-modes";
    internal const string PublicProperty = "agents.public";
    internal const string WorksProperty = "agents.works";

    // Kinds that were hosted once, or that this silo has the class of and not the label: no typing errors.
    private readonly ConcurrentDictionary<string, byte> _known = new(StringComparer.Ordinal);
    private HostedKinds? _hosted;

    /// <summary>Whether any silo hosts <paramref name="kind"/>.</summary>
    public bool IsHosted(string kind) => Hosted.Contains(kind);

    /// <summary>
    /// Every kind that some silo hosts, by name. Where silos host different classes of one kind, as during a rolling
    /// upgrade, it is what all of them together understand.
    /// </summary>
    public IReadOnlyList<KindDescription> List() => Hosted.List();

    /// <summary>The contracts that a kind handles, with their schemas; empty where no silo hosts it, or those that do are older than schemas.</summary>
    internal IReadOnlyList<ContractEntry> FindSchemas(string kind) => Hosted.FindSchemas(kind);

    /// <summary>The silos that host a kind; empty when none does. A program outside learns of a change up to a minute later.</summary>
    internal IEnumerable<SiloAddress> FindSilos(string kind) => Hosted.FindSilos(kind);

    /// <summary>Makes a kind known that need not be hosted now.</summary>
    internal void Know(string kind) => _known[kind] = 0;

    /// <summary>Whether it is a kind of this cluster's agents: hosted now or before, or made known.</summary>
    internal bool IsKnown(string kind) => IsHosted(kind) || _known.ContainsKey(kind);

    /// <summary>Why nothing can be sent to a kind; null when a silo hosts it.</summary>
    internal Refusal? FindFault(string kind) => IsHosted(kind) ? null
        : _known.ContainsKey(kind) ? NoHost(kind)
        : new Refusal(RefusalCodes.UnknownKind, $"No silo hosts the kind '{kind}'. Kinds there are: {string.Join(", ", List().Select(k => k.Kind))}.");

    internal static Refusal NoHost(string kind) => new(
        RefusalCodes.NoHost, $"No silo hosts the kind '{kind}' now: those that do are down, or none has its label. The same message sent again is handled once one is there.");

    /// <summary>A silo other than <paramref name="self"/> whose class of a kind handles a contract; null when there is none.</summary>
    internal SiloAddress? FindSilo(string kind, Contract contract, SiloAddress self) => Hosted.FindSilo(kind, contract, self);

    /// <summary>The kinds of one state of the cluster; what is asked of it does not change meanwhile.</summary>
    internal HostedKinds Hosted
    {
        get
        {
            var manifest = manifests.Current;
            return _hosted is { } hosted && ReferenceEquals(hosted.Manifest, manifest) ? hosted : Learn(manifest);
        }
    }

    private HostedKinds Learn(ClusterManifest manifest)
    {
        var hosted = new HostedKinds(manifest);
        foreach (var kind in hosted.Names)
        {
            _known[kind] = 0;
        }

        return _hosted = hosted;
    }
}
