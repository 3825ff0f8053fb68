using Microsoft.Extensions.Options;
using Orleans.Metadata;
using Orleans.Runtime;

namespace OrleansAgents.Agents;

/// <summary>Names the kind of agent that a class is, and tells the cluster what it understands.</summary>
/// <param name="kind">The kind: a lower-case letter and then lower-case letters, digits or hyphens, 64 at most.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class AgentAttribute(string kind) : Attribute, IGrainTypeProviderAttribute, IGrainPropertiesProviderAttribute
{
    /// <summary>The kind.</summary>
    public string Kind { get; } = kind;

    /// <summary>A sentence for people; null for none.</summary>
    public string? Description { get; set; }

    /// <summary>
    /// Whether an ask that comes back to this agent through agents it is waiting for (A asks B, B asks A) runs in the
    /// middle of the waiting turn, and its effects join that turn. False unless told: such an ask is refused at once.
    /// </summary>
    public bool Reentrant { get; set; }

    /// <summary>Where an agent that is not active is started. As the silos say for all grains, unless told.</summary>
    public AgentPlacement Placement { get; set; }

    /// <summary>
    /// Only silos that have this label (<see cref="AgentOptions.Labels"/>) host the class; null for every silo that it is
    /// added to. A lower-case letter and then lower-case letters, digits or hyphens, 64 at most.
    /// </summary>
    public string? Label { get; set; }

    /// <summary>
    /// Whether every message to an agent of the kind is noted in a log of its own, in the same commit as its turn: who sent
    /// what and what became of it, no payload, each entry bound to the one before by a hash. Only durable agents have one.
    /// False unless told; <see cref="AgentOptions.Audit"/> audits all durable agents of a silo.
    /// </summary>
    public bool Audited { get; set; }

    /// <summary>
    /// What every agent of the kind can do, by which it is found in the directory (<c>docs/directory.md</c>). None unless
    /// told. Each a lower-case letter and then lower-case letters, digits, hyphens, dots or colons, 64 at most.
    /// </summary>
    public string[] Capabilities { get; set; } = [];

    /// <summary>What narrows a search for the kind down, such as a region. None unless told; names as for <see cref="Capabilities"/>.</summary>
    public string[] Tags { get; set; } = [];

    /// <summary>
    /// Whether the kind is offered to programs outside by A2A and MCP: it has a card there, and its contracts are skills and
    /// tools. False unless told. Who may send what remains a matter of the access rules.
    /// </summary>
    public bool Public { get; set; }

    /// <summary>
    /// The media types of what agents of the kind make where they talk or work, as its card by A2A says, such as
    /// <c>image/png</c>: who can do something with none of them is refused there. None unless told, and then the card says text
    /// and JSON, and nobody is refused.
    /// </summary>
    public string[] OutputModes { get; set; } = [];

    /// <inheritdoc/>
    public GrainType GetGrainType(IServiceProvider services, Type type) => AgentId.IsKind(Kind)
        ? GrainType.Create(Kind)
        : throw new InvalidOperationException($"[Agent(\"{Kind}\")] on {type}: a kind is a lower-case letter and then lower-case letters, digits or hyphens, {AgentId.MaxKindLength} at most.");

    /// <inheritdoc/>
    public void Populate(IServiceProvider services, Type grainClass, GrainType grainType, Dictionary<string, string> properties) =>
        AgentManifest.Populate(
            this, grainClass, (services.GetService(typeof(IOptions<AgentOptions>)) as IOptions<AgentOptions>)?.Value.Audit ?? false, properties);
}
