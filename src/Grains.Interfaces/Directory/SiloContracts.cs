using OrleansAgents.Messaging;

namespace OrleansAgents.Directory;

/// <summary>
/// Where the tables of active agents are read: the agent <c>silo/ADDRESS</c> lives on the silo of that address and knows
/// what is active there. The address is as Orleans writes it, such as <c>10.0.0.5:11111@131457600</c>.
/// </summary>
public static class SiloKind
{
    /// <summary>The kind of the agents that know what is active.</summary>
    public const string Name = "silo";

    /// <summary>The key of an agent of the kind that lives on any silo, and answers only <see cref="SiloList"/>.</summary>
    public const string Any = "any";

    /// <summary>The code of a refusal: there is no silo of that address now.</summary>
    public const string Gone = "silo.gone";
}

/// <summary>Asks any agent of the kind <c>silo</c> which silos there are now.</summary>
[Contract("silo.list")]
public sealed record SiloList : IQuery<SiloAddresses>;

/// <summary>The silos of the cluster.</summary>
/// <param name="Silos">Their addresses, each the key of an agent of the kind <c>silo</c>, in order.</param>
public sealed record SiloAddresses(IReadOnlyList<string> Silos);

/// <summary>Asks a silo which agents are active on it, by kind and then by key.</summary>
/// <param name="Kind">Only those of this kind; null for all.</param>
/// <param name="Prefix">Only those whose key begins so; null for all.</param>
/// <param name="After">Only those behind this address in the order; null for the first.</param>
/// <param name="Limit">At most that many, 1 to 10,000.</param>
[Contract("silo.agents")]
public sealed record SiloAgents(string? Kind = null, string? Prefix = null, string? After = null, int Limit = 1000) : IQuery<SiloPage>
{
    /// <summary>The highest limit.</summary>
    public const int MaxLimit = 10_000;
}

/// <summary>Agents that are active on one silo.</summary>
/// <param name="Agents">Their addresses, by kind and then by key.</param>
/// <param name="Total">How many match, whatever the limit.</param>
public sealed record SiloPage(IReadOnlyList<string> Agents, int Total);

/// <summary>Asks a silo how many agents are active on it.</summary>
[Contract("silo.describe")]
public sealed record SiloDescribe : IQuery<SiloDescription>;

/// <summary>How many agents are active on one silo.</summary>
/// <param name="Silo">The silo's address.</param>
/// <param name="Total">How many in all.</param>
/// <param name="Kinds">How many of each kind that has any, by name.</param>
public sealed record SiloDescription(string Silo, int Total, IReadOnlyList<ActiveKind> Kinds);

/// <summary>How many agents of a kind are active on one silo.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Active">How many.</param>
public sealed record ActiveKind(string Kind, int Active);
