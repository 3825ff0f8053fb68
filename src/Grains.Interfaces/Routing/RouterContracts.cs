using System.Text.Json;
using OrleansAgents.Messaging;

namespace OrleansAgents.Routing;

/// <summary>
/// Changes a router's rules, all of it or nothing, from the next message on. What is faulty is refused with the rule and
/// the member, and nothing changes. A router takes every contract whose name does not begin with <c>router.</c> for a
/// message to pass on.
/// </summary>
/// <param name="Put">Rules to add, or to put in the place of those with their names.</param>
/// <param name="Remove">Names of rules to take away; unknown ones are passed over.</param>
/// <param name="Expected">The version that the change starts from; null for whichever it is. Another one is refused as <c>router.conflict</c>.</param>
[Contract("router.change")]
public sealed record RouterChange(IReadOnlyList<Route>? Put = null, IReadOnlyList<string>? Remove = null, long? Expected = null) : IRequest<RouterVersion>;

/// <summary>What a router's rules are now.</summary>
/// <param name="Version">How often they were changed.</param>
/// <param name="Rules">How many there are.</param>
public sealed record RouterVersion(long Version, int Rules);

/// <summary>Reads a router's rules, in the order in which they are tried.</summary>
/// <param name="Skip">How many to pass over.</param>
/// <param name="Limit">How many to give at most, 1 to 1,000.</param>
[Contract("router.read")]
public sealed record RouterRead(int Skip = 0, int Limit = 100) : IQuery<RouterPage>;

/// <summary>Some of a router's rules.</summary>
/// <param name="Version">How often they were changed.</param>
/// <param name="Total">How many there are.</param>
/// <param name="Routes">Those asked for.</param>
/// <param name="Avoided">Agents that get no messages for a while, because they were busy or failed.</param>
public sealed record RouterPage(long Version, int Total, IReadOnlyList<Route> Routes, IReadOnlyList<AvoidedAgent> Avoided);

/// <summary>An agent that a router avoids.</summary>
/// <param name="Agent">Its address.</param>
/// <param name="Until">When it is tried again.</param>
/// <param name="Code">What it, or the way to it, said last.</param>
public sealed record AvoidedAgent(string Agent, DateTimeOffset Until, string Code);

/// <summary>Asks which rule would take a message, without sending it.</summary>
/// <param name="Type">The contract's name.</param>
/// <param name="Payload">The payload; null for <c>{}</c>.</param>
/// <param name="Version">The contract's version.</param>
/// <param name="Sender">Who would send it; null for whoever asks.</param>
/// <param name="Headers">Its headers; null for none.</param>
[Contract("router.explain")]
public sealed record RouterExplain(
    string Type, JsonElement? Payload = null, int Version = 1, string? Sender = null, IReadOnlyDictionary<string, string>? Headers = null)
    : IQuery<RouterExplanation>;

/// <summary>What would become of a message.</summary>
/// <param name="Route">The rule that takes it; null for none.</param>
/// <param name="To">Who would get it, the first choice first; with <see cref="RouteMode.One"/> the others are what is left where that is avoided or refuses.</param>
public sealed record RouterExplanation(string? Route, IReadOnlyList<string> To);

/// <summary>The answer of several agents to one routed message.</summary>
/// <param name="All">What each answered, in the order of the rule.</param>
public sealed record RoutedAnswers(IReadOnlyList<Answer> All);

/// <summary>The codes of a router's own refusals.</summary>
public static class RouterCodes
{
    /// <summary>The rules were changed meanwhile; the message says which version they have.</summary>
    public const string Conflict = "router.conflict";

    /// <summary>A rule is faulty.</summary>
    public const string BadRoute = "router.bad-route";

    /// <summary>No rule takes the message.</summary>
    public const string NoRoute = "router.no-route";

    /// <summary>Fewer accepted than must.</summary>
    public const string TooFew = "router.too-few";
}
