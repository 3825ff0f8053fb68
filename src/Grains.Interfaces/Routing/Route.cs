using System.Text.Json;

namespace OrleansAgents.Routing;

/// <summary>One rule of a router: which messages it takes, and who gets them.</summary>
/// <param name="Name">Its name, unlike that of any other rule of the router: 1 to 128 printable characters.</param>
/// <param name="To">Who may get the messages: addresses of agents, routers among them. One at least, 1,000 at most, none twice.</param>
public sealed record Route(string Name, IReadOnlyList<string> To)
{
    /// <summary>Of the rules that match a message the one with the least order takes it, and of those the first by name. 0 unless told.</summary>
    public int Order { get; init; }

    /// <summary>What a message must be. Null, or nothing in it, for every message: with a great order that is the default route.</summary>
    public RouteMatch? When { get; init; }

    /// <summary>How many of <see cref="To"/> get the message. One of them unless told.</summary>
    public RouteMode Send { get; init; }

    /// <summary>Which of them does, where one gets it. By hash unless told.</summary>
    public RoutePick Pick { get; init; }

    /// <summary>The payload's field (a JSON pointer, RFC 6901) that <see cref="RoutePick.Hash"/> goes by; null for the message's id, which spreads evenly.</summary>
    public string? By { get; init; }

    /// <summary>How many must accept, where a quorum must. Null for more than half.</summary>
    public int? Enough { get; init; }

    /// <summary>
    /// Whether a choice that would not come out the same again is stored before the message goes on, so that its repeat
    /// reaches the same agent even when the router crashed in between. True unless told; false spares the write, and a
    /// crash at that moment may have two agents handle one message.
    /// </summary>
    public bool Exact { get; init; } = true;
}

/// <summary>What a message must be for a rule to take it; all that is given must hold, and what is null may be anything.</summary>
public sealed record RouteMatch
{
    /// <summary>The contract's name, or what it begins with and a star: <c>quote.request</c>, <c>quote.*</c>.</summary>
    public string? Type { get; init; }

    /// <summary>The contract's version.</summary>
    public int? Version { get; init; }

    /// <summary>The sender's address, or a kind's (<c>client/*</c>), or those whose keys begin alike (<c>client/eu-*</c>).</summary>
    public string? Sender { get; init; }

    /// <summary>Headers, each with the value it must have.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>
    /// Fields of the payload, by JSON pointer (RFC 6901), each with the value it must have: a text, a number, true, false
    /// or null. A sealed payload has none.
    /// </summary>
    public IReadOnlyDictionary<string, JsonElement>? Payload { get; init; }
}

/// <summary>How many of a rule's recipients get a message.</summary>
public enum RouteMode
{
    /// <summary>One. Where it is busy, failing or not there, the next.</summary>
    One,

    /// <summary>All. The answer holds all of theirs; when one refuses or fails, so does the routing, though the others have handled the message.</summary>
    All,

    /// <summary>All, and the first that accepts answers; the others are told to stop.</summary>
    First,

    /// <summary>All, and so many must accept as <see cref="Route.Enough"/> says; the others are told to stop. The answer holds all that came.</summary>
    Quorum,
}

/// <summary>Which of a rule's recipients gets a message.</summary>
public enum RoutePick
{
    /// <summary>
    /// By rendezvous hashing (Thaler and Ravishankar, 1998) of <see cref="Route.By"/>: equal values reach the same agent, and
    /// when the recipients change only those of the agents that came or went reach another.
    /// </summary>
    Hash,

    /// <summary>Each in its turn.</summary>
    Rotate,

    /// <summary>The one with the fewest messages on their way from this router.</summary>
    Least,
}
