namespace OrleansAgents.Security;

/// <summary>
/// Who may send what to whom, and who may publish to, subscribe to and read which topics. The order of the rules never
/// matters. A message that any prohibition matches is refused; otherwise one that any other rule matches is admitted. Of
/// what no rule matches, messages from agents of the cluster are admitted, and those from everybody else only while there
/// is no rule at all.
/// </summary>
public sealed class AccessOptions
{
    /// <summary>The rules; none unless told, and then everybody may do everything.</summary>
    public IList<AccessRule> Rules { get; } = [];

    /// <summary>What is wrong with the settings that the rules were read from; null for nothing.</summary>
    internal string? Fault { get; set; }
}

/// <summary>
/// One rule: <see cref="From"/> and exactly one of <see cref="Send"/> with <see cref="To"/>, <see cref="Publish"/>, and
/// <see cref="Subscribe"/>.
/// </summary>
public sealed class AccessRule
{
    /// <summary>What the log calls it; null for its place among the rules. Senders are never told.</summary>
    public string? Name { get; set; }

    /// <summary>
    /// Whom it is about: the address of a sender such as <c>client/web</c>, every key of a kind that begins so
    /// (<c>client/till-*</c>, <c>client/*</c>), or <c>*</c> for everybody.
    /// </summary>
    public string From { get; set; } = "";

    /// <summary>
    /// The contract that is sent: <c>order.place</c>, all below a name (<c>order.*</c>), or <c>*</c> for all; of every
    /// version. Null where the rule is about topics. What goes to topics is never a matter of such a rule, but for the
    /// platform's own <c>topic.appeared</c>.
    /// </summary>
    public string? Send { get; set; }

    /// <summary>Whom it is sent to, written as <see cref="From"/>. Null where the rule is about topics.</summary>
    public string? To { get; set; }

    /// <summary>
    /// The topics that events are published to: <c>orders/eu</c>, those one segment below another (<c>orders/*</c>), those
    /// at any depth (<c>orders/**</c>), or <c>*</c> for all. Null where the rule is about something else.
    /// </summary>
    public string? Publish { get; set; }

    /// <summary>
    /// The topics that are subscribed to or read, written as <see cref="Publish"/>. A subscription to a pattern is allowed
    /// by a rule that covers all of it, and forbidden by one that forbids any topic in it. Null where the rule is about
    /// something else.
    /// </summary>
    public string? Subscribe { get; set; }

    /// <summary>Whether it forbids rather than allows. False unless told.</summary>
    public bool Deny { get; set; }

    /// <summary>Where it stands in the settings; null where it was made in code.</summary>
    internal string? Path { get; set; }
}
