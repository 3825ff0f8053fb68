using Microsoft.Extensions.Options;
using OrleansAgents.Agents;

namespace OrleansAgents.Security;

/// <summary>What a message does.</summary>
internal enum AccessAction
{
    Send,
    Publish,
    Subscribe,
    SubscribePattern,
}

/// <summary>What is decided upon.</summary>
/// <param name="Action">What the message does.</param>
/// <param name="From">Who sends it.</param>
/// <param name="What">The contract's name, the topic's, or the text of the pattern.</param>
/// <param name="To">Whom it is sent to; default for what is done to topics.</param>
internal readonly record struct AccessRequest(AccessAction Action, AgentId From, string What, AgentId To);

/// <summary>Whether it is allowed, and by which rule; null where it is as no rule matches.</summary>
internal readonly record struct AccessDecision(bool IsAllowed, PolicyRule? Rule);

/// <summary>Decides by rules. Pure; what a decision costs does not depend on how many rules there are, and it allocates nothing.</summary>
internal sealed class AccessPolicy
{
    private readonly RuleIndex[] _allowed = [new(), new(), new(), new()];
    private readonly RuleIndex[] _denied = [new(), new(), new(), new()];

    /// <exception cref="OptionsValidationException">A rule is faulty; the message names it and the remedy.</exception>
    public AccessPolicy(AccessOptions options)
    {
        if (options.Fault is { } fault)
        {
            throw PolicyRule.Fault(fault);
        }

        for (var i = 0; i < options.Rules.Count; i++)
        {
            Add(PolicyRule.Read(options.Rules[i], i));
        }

        IsEmpty = options.Rules.Count == 0;
    }

    /// <summary>Whether there is no rule at all.</summary>
    public bool IsEmpty { get; }

    /// <summary>Prohibitions go before permissions, and those before what holds without a rule.</summary>
    public AccessDecision Decide(AccessRequest request, bool isAgent)
    {
        if (_denied[(int)request.Action].Find(request.From, request.What, request.To) is { } denial)
        {
            return new(false, denial);
        }

        // An agent is admitted either way.
        if (isAgent || IsEmpty)
        {
            return new(true, null);
        }

        var permission = _allowed[(int)request.Action].Find(request.From, request.What, request.To);
        return new(permission is not null, permission);
    }

    private void Add(PolicyRule rule)
    {
        var indexes = rule.Deny ? _denied : _allowed;
        indexes[(int)rule.Action].Add(rule.From, rule.What, rule.To, rule);
        if (rule.Action == AccessAction.Subscribe)
        {
            foreach (var pattern in rule.Deny ? Touched(rule.What) : Covered(rule.What))
            {
                indexes[(int)AccessAction.SubscribePattern].Add(rule.From, pattern, rule.To, rule);
            }
        }
    }

    /// <summary>The patterns, as texts, all of whose topics a rule names.</summary>
    private static IEnumerable<AccessPattern> Covered(AccessPattern topics) => topics.Form switch
    {
        PatternForm.Exact => [],
        PatternForm.Level => [AccessPattern.Exact(topics.Text + "*")],
        // orders/** covers orders/*, orders/** and what is deeper: every pattern that begins with orders/.
        _ => [topics],
    };

    /// <summary>The patterns that have any topic of those that a rule names: besides the covered ones, those of the topics above.</summary>
    private static IEnumerable<AccessPattern> Touched(AccessPattern topics)
    {
        foreach (var covered in Covered(topics))
        {
            yield return covered;
        }

        var above = topics.Form == PatternForm.Any ? -1 : topics.Text.LastIndexOf('/');
        if (topics.Form == PatternForm.Exact && above >= 0)
        {
            yield return AccessPattern.Exact(topics.Text[..above] + "/*");
        }

        for (; above > 0; above = topics.Text.LastIndexOf('/', above - 1))
        {
            yield return AccessPattern.Exact(topics.Text[..above] + "/**");
        }
    }
}
