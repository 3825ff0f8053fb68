using CsCheck;
using OrleansAgents.Agents;
using OrleansAgents.Security;
using OrleansAgents.Topics;
using Xunit;

namespace OrleansAgents.Tests.Security;

public sealed class AccessPolicyPropertyTests
{
    // Deeper than any rule or pattern below reaches, so that trying all of these decides what a pattern covers.
    private const int Depth = 5;

    private static readonly string[] Segments = ["a", "b"];
    private static readonly string[] AllTopics = [.. Enumerable.Range(1, Depth).SelectMany(Deep)];
    private static readonly string[] ShortTopics = [.. AllTopics.Where(t => t.Length <= 5)];
    private static readonly string[] TopicPatterns = [.. ShortTopics.SelectMany(t => new[] { t, t + "/*", t + "/**" }), "*"];
    private static readonly string[] Subscribed = [.. ShortTopics.SelectMany(t => new[] { t + "/*", t + "/**" })];
    private static readonly string[] Addresses = ["x/a", "x/ab", "x/abc", "x/b", "xy/a", "y/a", "y/a/b", "y/ab"];
    private static readonly string[] AddressPatterns = [.. Addresses, "*", "x/*", "x/a*", "x/ab*", "y/*", "y/a/*", "xy/*"];
    private static readonly string[] Contracts = ["a", "a.b", "a.b.c", "ab", "ab.c", "b"];
    private static readonly string[] ContractPatterns = [.. Contracts, "*", "a.*", "a.b.*", "b.*"];

    private static readonly Gen<AccessRule> Rules = Gen.Select(
        Gen.Int[0, 2], Pick(AddressPatterns), Pick(ContractPatterns), Pick(AddressPatterns), Pick(TopicPatterns), Gen.Bool,
        (kind, from, contract, to, topic, deny) => new AccessRule
        {
            From = from,
            Send = kind == 0 ? contract : null,
            To = kind == 0 ? to : null,
            Publish = kind == 1 ? topic : null,
            Subscribe = kind == 2 ? topic : null,
            Deny = deny,
        });

    private static readonly Gen<AccessRequest> Requests = Gen.Select(
        Gen.Int[0, 3], Pick(Addresses), Pick(Contracts), Pick(Addresses), Pick(AllTopics), Pick(Subscribed),
        (action, from, contract, to, topic, pattern) => (AccessAction)action switch
        {
            AccessAction.Send => new AccessRequest(AccessAction.Send, from, contract, to),
            AccessAction.SubscribePattern => new AccessRequest(AccessAction.SubscribePattern, from, pattern, default),
            var other => new AccessRequest(other, from, topic, default),
        });

    [Fact]
    public void Decide_AnyRulesAndMessages_IsAsTryingEachRule() =>
        Gen.Select(Rules.List[0, 12], Requests.Array[20], Gen.Bool).Sample(
            (rules, requests, isAgent) =>
            {
                var policy = Policy(rules);
                foreach (var request in requests)
                {
                    var decision = policy.Decide(request, isAgent);
                    Assert.Equal(NaivePolicy.Decide(rules, request, isAgent, AllTopics), decision.IsAllowed);
                }
            },
            time: 3);

    [Fact]
    public void Decide_RulesInAnotherOrder_IsTheSame() =>
        Gen.Select(Rules.List[0, 12], Requests, Gen.Bool).Sample(
            (rules, request, isAgent) =>
                Assert.Equal(Policy(rules).Decide(request, isAgent).IsAllowed, Policy([.. Enumerable.Reverse(rules)]).Decide(request, isAgent).IsAllowed),
            time: 1);

    [Fact]
    public void Decide_WithARule_NamesOneThatMatches() =>
        Gen.Select(Rules.List[1, 12], Requests, Gen.Bool).Sample(
            (rules, request, isAgent) =>
            {
                var decision = Policy(rules).Decide(request, isAgent);
                if (decision.Rule is { } rule)
                {
                    var named = rules[int.Parse(rule.Name["AccessOptions.Rules[".Length..^1], System.Globalization.CultureInfo.InvariantCulture)];
                    Assert.Equal(decision.IsAllowed, !named.Deny);
                    Assert.Equal(decision.IsAllowed, NaivePolicy.Decide([named], request, isAgent: !decision.IsAllowed, AllTopics));
                }
            },
            time: 1);

    private static Gen<string> Pick(string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static IEnumerable<string> Deep(int depth) =>
        depth == 1 ? Segments : Deep(depth - 1).SelectMany(above => Segments.Select(s => $"{above}/{s}"));

    private static AccessPolicy Policy(IReadOnlyList<AccessRule> rules)
    {
        var options = new AccessOptions();
        foreach (var rule in rules)
        {
            options.Rules.Add(rule);
        }

        return new AccessPolicy(options);
    }
}
