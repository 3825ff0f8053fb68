using OrleansAgents.Agents;
using OrleansAgents.Security;
using OrleansAgents.Topics;

namespace OrleansAgents.Tests.Security;

/// <summary>Decides as the documents say it, rule after rule, to compare with.</summary>
internal static class NaivePolicy
{
    public static bool Decide(IReadOnlyList<AccessRule> rules, AccessRequest request, bool isAgent, IReadOnlyList<string> allTopics)
    {
        if (rules.Any(r => r.Deny && Matches(r, request, allTopics)))
        {
            return false;
        }

        return rules.Any(r => !r.Deny && Matches(r, request, allTopics)) || isAgent || rules.Count == 0;
    }

    private static bool Matches(AccessRule rule, AccessRequest request, IReadOnlyList<string> allTopics) =>
        MatchesAddress(rule.From, request.From) && request.Action switch
        {
            AccessAction.Send => rule.Send is not null && MatchesContract(rule.Send, request.What) && MatchesAddress(rule.To!, request.To),
            AccessAction.Publish => rule.Publish is not null && MatchesTopic(rule.Publish, request.What),
            AccessAction.Subscribe => rule.Subscribe is not null && MatchesTopic(rule.Subscribe, request.What),
            _ => rule.Subscribe is not null && MatchesPattern(rule, TopicPattern.Parse(request.What), allTopics),
        };

    private static bool MatchesAddress(string pattern, AgentId address) =>
        pattern == "*" || (pattern.EndsWith('*') ? address.ToString().StartsWith(pattern[..^1], StringComparison.Ordinal) : pattern == address.ToString());

    private static bool MatchesContract(string pattern, string name) =>
        pattern == "*" || (pattern.EndsWith(".*", StringComparison.Ordinal) ? name.StartsWith(pattern[..^1], StringComparison.Ordinal) : pattern == name);

    private static bool MatchesTopic(string pattern, string topic) =>
        pattern == "*" || (pattern.EndsWith('*') ? TopicPattern.Parse(pattern).Matches(topic) : pattern == topic);

    /// <summary>By trying every topic that there may be: all of those in the pattern, or for a prohibition any.</summary>
    private static bool MatchesPattern(AccessRule rule, TopicPattern pattern, IReadOnlyList<string> allTopics)
    {
        var inside = allTopics.Where(t => pattern.Matches(t)).ToArray();
        return rule.Deny ? inside.Any(t => MatchesTopic(rule.Subscribe!, t)) : inside.All(t => MatchesTopic(rule.Subscribe!, t));
    }
}
