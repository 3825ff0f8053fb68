using System.Collections.Frozen;
using OrleansAgents.Agents;
using OrleansAgents.Endpoints;
using OrleansAgents.Messaging;

namespace OrleansAgents.A2A;

/// <summary>One call, by whichever binding.</summary>
/// <param name="Context">The request.</param>
/// <param name="Caller">Who calls.</param>
/// <param name="Kind">The kind that the path names; null where it names none.</param>
/// <param name="Tenant">The tenant that the path names; null where it names none.</param>
/// <param name="Extensions">The extensions that are in force for it; null for none.</param>
/// <param name="Aborted">Ends when the caller leaves.</param>
internal sealed record A2ACall(HttpContext Context, HttpCaller Caller, string? Kind, string? Tenant, IReadOnlyList<string>? Extensions, CancellationToken Aborted)
{
    /// <summary>The same with the tenant that its parameters name.</summary>
    /// <exception cref="A2AException">The path names another.</exception>
    public A2ACall With(string? tenant) => string.IsNullOrEmpty(tenant) || tenant == Tenant ? this
        : Tenant is null ? this with { Tenant = tenant }
        : throw A2AException.Invalid("tenant", "The path names another tenant.");
}

/// <summary>The kinds that are offered by A2A, and how a call finds its own.</summary>
internal sealed class A2AKinds(IAgentClient agents, Configuration.A2AOptions options)
{
    // What agents have for a key whose caller names none; no caller can name one of those itself.
    private const string DerivedPrefix = "a2a/";

    private Listing? _known;

    public IEnumerable<KindDescription> All => agents.Kinds.Where(k => k.Public);

    /// <summary>The kind that the host's own card is of: the one that the settings name, or the only one; null where there are several.</summary>
    public KindDescription? OfHost => options.Host is { } host ? Find(host) : All.Take(2).ToArray() is [var only] ? only : null;

    public KindDescription? Find(string kind)
    {
        var of = agents.Kinds;
        if (_known is not { } known || !ReferenceEquals(known.Of, of))
        {
            _known = known = new Listing(of, of.Where(k => k.Public).ToFrozenDictionary(k => k.Kind, StringComparer.Ordinal));
        }

        return known.Public.GetValueOrDefault(kind);
    }

    /// <summary>
    /// Which kind a call is for, and which agent of it where it says: by its path, or by the tenant, which then is a kind or
    /// an agent's address.
    /// </summary>
    /// <exception cref="A2AException">There is no such kind here, or the tenant is no key.</exception>
    public (KindDescription? Kind, string? Key) Resolve(A2ACall call)
    {
        var (kind, key) = (call.Kind, call.Tenant);
        if (kind is null && !string.IsNullOrEmpty(key))
        {
            var slash = key.IndexOf('/', StringComparison.Ordinal);
            (kind, key) = slash < 0 ? (key, null) : (key[..slash], key[(slash + 1)..]);
        }

        if (!string.IsNullOrEmpty(key) && (key.StartsWith(DerivedPrefix, StringComparison.Ordinal) || !AgentId.TryParse($"a/{key}", defaultKind: null, out _, out _)))
        {
            throw A2AException.Invalid("tenant", $"A tenant is the key of an agent: 1 to {AgentId.MaxKeyLength} printable characters that do not begin with {DerivedPrefix}.");
        }

        return kind is null ? (null, null) : (Find(kind) ?? throw Unknown(kind), string.IsNullOrEmpty(key) ? null : key);
    }

    public static A2AException Unknown(string kind) =>
        A2AException.Of(new Refusal(HttpCodes.NotFound, $"There is no agent '{PlainText.Show(kind, PlainText.Quoted)}' here; the card of each has its address."), Outcome.Refused);

    /// <summary>
    /// The agent that a caller talks to who names none: the same for each message of one of its contexts, and another for
    /// any other caller or context.
    /// </summary>
    public static AgentId Derive(string kind, AgentId caller, string context) => new(kind, DerivedPrefix + DerivedIds.Of(caller.ToString(), context));

    private sealed record Listing(IReadOnlyList<KindDescription> Of, FrozenDictionary<string, KindDescription> Public);
}
