using System.Diagnostics;
using Microsoft.Extensions.Options;
using OrleansAgents.Security;
using Xunit;

namespace OrleansAgents.Tests.Security;

public sealed class AccessPolicyTests
{
    [Fact]
    public void Decide_NoRules_EverybodyMay()
    {
        var policy = Policy();
        Assert.True(policy.IsEmpty);
        Assert.True(policy.Decide(Send("client/x", "order.place", "shop/1"), isAgent: false).IsAllowed);
        Assert.True(policy.Decide(Send("shop/1", "order.place", "shop/1"), isAgent: true).IsAllowed);
    }

    [Fact]
    public void Decide_AnyRule_OutsidersMayOnlyWhatOneAllowsAndAgentsAllElse()
    {
        var policy = Policy(new AccessRule { Name = "tills", From = "client/till-*", Send = "order.*", To = "shop/*" });
        var allowed = policy.Decide(Send("client/till-1", "order.place", "shop/1"), isAgent: false);
        Assert.True(allowed.IsAllowed);
        Assert.Equal("tills", allowed.Rule!.Name);
        Assert.Equal(new AccessDecision(false, null), policy.Decide(Send("client/web", "order.place", "shop/1"), isAgent: false));
        Assert.False(policy.Decide(Send("client/till-1", "order", "shop/1"), isAgent: false).IsAllowed);
        Assert.False(policy.Decide(Send("client/till-1", "order.place", "shops/1"), isAgent: false).IsAllowed);
        Assert.False(policy.Decide(new(AccessAction.Publish, "client/till-1", "orders", default), isAgent: false).IsAllowed);
        Assert.Equal(new AccessDecision(true, null), policy.Decide(Send("shop/1", "order.place", "shop/2"), isAgent: true));
    }

    [Fact]
    public void Decide_AllowedAndForbidden_IsForbiddenAlsoToAgents()
    {
        var policy = Policy(
            new AccessRule { From = "*", Send = "*", To = "*" },
            new AccessRule { Name = "no refunds", From = "*", Send = "order.refund", To = "shop/*", Deny = true });
        var refused = policy.Decide(Send("client/x", "order.refund", "shop/1"), isAgent: false);
        Assert.Equal((false, "no refunds"), (refused.IsAllowed, refused.Rule!.Name));
        Assert.Equal("* may not send order.refund to shop/*", refused.Rule.Says);
        Assert.False(policy.Decide(Send("shop/2", "order.refund", "shop/1"), isAgent: true).IsAllowed);
        Assert.True(policy.Decide(Send("client/x", "order.place", "shop/1"), isAgent: false).IsAllowed);
    }

    [Theory]
    [InlineData("orders/*", "orders/*", true)]
    [InlineData("orders/*", "orders/**", false)]
    [InlineData("orders/**", "orders/*", true)]
    [InlineData("orders/**", "orders/eu/**", true)]
    [InlineData("orders/eu/**", "orders/*", false)]
    [InlineData("orders", "orders/*", false)]
    [InlineData("*", "orders/**", true)]
    public void Decide_SubscriptionToAPattern_NeedsARuleThatCoversIt(string rule, string pattern, bool allowed) => Assert.Equal(
        allowed, Policy(new AccessRule { From = "*", Subscribe = rule }).Decide(new(AccessAction.SubscribePattern, "client/x", pattern, default), isAgent: false).IsAllowed);

    [Theory]
    [InlineData("orders/eu", "orders/*", false)]
    [InlineData("orders/eu", "orders/**", false)]
    [InlineData("orders/eu/north", "orders/*", true)]
    [InlineData("orders/eu/north", "orders/**", false)]
    [InlineData("orders/eu/*", "orders/*", true)]
    [InlineData("orders/eu/*", "orders/**", false)]
    [InlineData("orders/eu/**", "orders/eu/north/*", false)]
    [InlineData("orders/eu/**", "orders/us/*", true)]
    [InlineData("orders", "orders/**", true)]
    [InlineData("*", "orders/*", false)]
    public void Decide_SubscriptionToAPattern_IsForbiddenWithAnyTopicInIt(string rule, string pattern, bool allowed) => Assert.Equal(
        allowed, Policy(new AccessRule { From = "*", Subscribe = rule, Deny = true }).Decide(new(AccessAction.SubscribePattern, "shop/1", pattern, default), isAgent: true).IsAllowed);

    [Theory]
    [InlineData("Rules[0] must have exactly one", "client/x", null, null, null, null)]
    [InlineData("Rules[0] must have exactly one", "client/x", "order.place", "shop/1", "orders", null)]
    [InlineData("Rules[0] must have exactly one", "client/x", null, null, "orders", "orders")]
    [InlineData("Rules[0].From is missing; give an address", "", "order.place", "shop/1", null, null)]
    [InlineData("Rules[0].From is 'client'", "client", "order.place", "shop/1", null, null)]
    [InlineData("Rules[0].From is 'cli*'", "cli*", "order.place", "shop/1", null, null)]
    [InlineData("Rules[0].From is '*/x'", "*/x", "order.place", "shop/1", null, null)]
    [InlineData("Rules[0].From is 'client/a*b'", "client/a*b", "order.place", "shop/1", null, null)]
    [InlineData("Rules[0].From is 'client/a**'", "client/a**", "order.place", "shop/1", null, null)]
    [InlineData("Rules[0].Send is missing; give a contract", "client/x", null, "shop/1", null, null)]
    [InlineData("Rules[0].Send is 'order*'", "client/x", "order*", "shop/1", null, null)]
    [InlineData("Rules[0].Send is 'Order'", "client/x", "Order", "shop/1", null, null)]
    [InlineData("Rules[0].To is missing; give an address", "client/x", "order.place", null, null, null)]
    [InlineData("Rules[0].To is 'shop'", "client/x", "order.place", "shop", null, null)]
    [InlineData("Rules[0].Publish is 'orders*'", "client/x", null, null, "orders*", null)]
    [InlineData("Rules[0].Publish is missing; give a topic", "client/x", null, null, "", null)]
    [InlineData("Rules[0].Subscribe is '**'", "client/x", null, null, null, "**")]
    public void Policy_OfAFaultyRule_NamesItAndTheRemedy(string expected, string from, string? send, string? to, string? publish, string? subscribe) =>
        Assert.Contains(
            expected,
            Assert.Throws<OptionsValidationException>(() => Policy(new AccessRule { From = from, Send = send, To = to, Publish = publish, Subscribe = subscribe })).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Decide_AmongAHundredThousandRules_CostsAsAmongTenAndAllocatesNothing()
    {
        var (few, many) = (Policy(Tills(10)), Policy(Tills(100_000)));
        AccessRequest[] requests = [Send("client/till-7", "order.place", "shop/7"), Send("client/till-7", "order.place", "shop/8"), Send("client/web", "other", "shop/1")];
        Assert.Equal([true, false, false], requests.Select(r => many.Decide(r, isAgent: false).IsAllowed));
        Assert.True(many.Decide(Send("client/till-99999", "order.place", "shop/99999"), isAgent: false).IsAllowed);

        _ = Measure(many, requests);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var cost = Measure(many, requests);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        // Trying each rule would cost ten thousand times as much; the rest is what a busy machine may add.
        Assert.True(cost < 100 * Measure(few, requests), $"{cost} ticks");
    }

    private static long Measure(AccessPolicy policy, AccessRequest[] requests)
    {
        var best = long.MaxValue;
        for (var round = 0; round < 50; round++)
        {
            var started = Stopwatch.GetTimestamp();
            for (var i = 0; i < 300; i++)
            {
                _ = policy.Decide(requests[i % requests.Length], isAgent: false);
            }

            best = Math.Min(best, Stopwatch.GetTimestamp() - started);
        }

        return best;
    }

    private static AccessRule[] Tills(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new AccessRule { From = $"client/till-{i}", Send = "order.*", To = $"shop/{i}" })];

    private static AccessRequest Send(string from, string type, string to) => new(AccessAction.Send, from, type, to);

    private static AccessPolicy Policy(params AccessRule[] rules)
    {
        var options = new AccessOptions();
        foreach (var rule in rules)
        {
            options.Rules.Add(rule);
        }

        return new AccessPolicy(options);
    }
}
