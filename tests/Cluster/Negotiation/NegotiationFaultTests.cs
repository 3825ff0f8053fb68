using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Negotiation;
using OrleansAgents.Testing;
using OrleansAgents.Testing.Faults;
using OrleansAgents.Tests.Testing;

namespace OrleansAgents.Tests.Negotiation;

/// <summary>
/// Everything goes wrong by chance, seed after seed: each negotiation ends once, the initiator hears it once, and one
/// participant at most does the work.
/// </summary>
public sealed class NegotiationFaultTests(TestStores stores) : IClassFixture<TestStores>
{
    private const int Seeds = 12, Count = 4;

    private static readonly string[] Behaviours = ["works", "later", "atonce", "declines", "throws", "withdraws", "decommits", "quits", "fails"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestStores.Names), MemberType = typeof(TestStores))]
    public Task Negotiations_UnderRandomFaults_EndAsWithoutThem(string store) => stores.OverSeedsAsync(store, Seeds, async (faults, rest, token) =>
    {
        var random = new Random(faults.Seed);
        var buys = Enumerable.Range(0, Count).Select(i => Draw(random, $"n{i}")).ToArray();
        await CheckAsync(faults, rest, buys, (buy, ended) => Expect(buy).Contains((ended.Outcome, ended.Winner)), token);
    }, Token);

    [Theory, MemberData(nameof(TestStores.Names), MemberType = typeof(TestStores))]
    public Task Negotiations_InHasteOrCancelled_EndOnceAndAreDoneByOneAtMost(string store) => stores.OverSeedsAsync(store, Seeds, async (faults, rest, token) =>
    {
        var random = new Random(faults.Seed);
        // An award that is hardly ever answered in time is taken back, kept, and awarded again.
        var options = new NegotiationOptions { AwardWithin = TimeSpan.FromMilliseconds(random.Next(1, 15)) };
        var buys = Enumerable.Range(0, Count).Select(i => Draw(random, $"n{i}") with { Options = options, Cancels = random.Next(4) == 0 }).ToArray();
        await CheckAsync(faults, rest, buys, (_, _) => true, token);
    }, Token);

    private static Buy Draw(Random random, string name) => new(
        name,
        [.. Enumerable.Range(0, random.Next(1, 5)).Select(i => $"seller/{Behaviours[random.Next(Behaviours.Length)]}-{random.Next(10, 14)}-{i}")],
        random.Next(2) == 0 ? "" : "/price",
        new NegotiationOptions { Rounds = random.Next(2), Target = 1 });

    /// <summary>How it may end: the cheapest that does not drop out has it. Who drops out by itself may be out before or after the award.</summary>
    private static (NegotiationOutcome, string?)[] Expect(Buy buy)
    {
        var isCertain = false;
        foreach (var seller in buy.Sellers.OrderBy(s => s.Split('-')[1], StringComparer.Ordinal).ThenBy(s => s, StringComparer.Ordinal))
        {
            switch (seller.Split('/')[1].Split('-')[0])
            {
                case "works" or "later" or "atonce":
                    return [(NegotiationOutcome.Done, seller)];
                case "fails":
                    return [(NegotiationOutcome.Failed, seller)];
                case "quits" or "decommits":
                    isCertain = true;
                    break;
            }
        }

        return isCertain ? [(NegotiationOutcome.Failed, null)]
            : buy.Sellers.Any(s => s.StartsWith("seller/withdraws", StringComparison.Ordinal)) ? [(NegotiationOutcome.Failed, null), (NegotiationOutcome.NoProposals, null)]
            : [(NegotiationOutcome.NoProposals, null)];
    }

    private static async Task CheckAsync(FaultPlan faults, IAgentStore store, Buy[] buys, Func<Buy, NegotiationEnded, bool> isExpected, CancellationToken token)
    {
        faults.Link().DropRequest(When.Chance(0.04)).DropReply(When.Chance(0.04)).Duplicate(When.Chance(0.08))
            .Delay(When.Chance(0.05), TimeSpan.FromMilliseconds(5));
        faults.Commits().FailBefore(When.Chance(0.03)).FailAfter(When.Chance(0.03));
        faults.Restart("buyer/*", When.Chance(0.05)).Restart("negotiation/*", When.Chance(0.05)).Restart("seller/*", When.Chance(0.05));
        await using var cluster = await NegotiationCluster.StartAsync(token, faults, store);
        foreach (var buy in buys)
        {
            await cluster.TellAsync(NegotiationCluster.Buyer, buy, token);
        }

        await cluster.ReadEndedAsync(buys.Length, token);
        faults.Pause();
        await SettleAsync(cluster, token);
        Assert.NotEmpty(faults.Injected);
        var purchases = await cluster.ReadEndedAsync(buys.Length, token);
        Assert.True(
            purchases.Ended.Select(e => e.Tag).Order(StringComparer.Ordinal).SequenceEqual(buys.Select(b => b.Name)),
            $"{string.Join('\n', purchases.Ended)} with {faults}");
        foreach (var ended in purchases.Ended)
        {
            var buy = buys.Single(b => b.Name == ended.Tag);
            var record = await cluster.ReadRecordAsync(ended.Negotiation, token);
            var done = await ReadDoneAsync(cluster, buy, ended.Negotiation, token);
            Assert.True(
                IsOneEnd(ended, record) && IsDoneByOne(ended, done) && isExpected(buy, ended),
                $"{buy.Name} of {string.Join(", ", buy.Sellers)} ended as {ended} and was done by {string.Join(", ", done)}:\n{string.Join('\n', record.Entries)}\nwith {faults}");
        }
    }

    private static async Task SettleAsync(AgentTestCluster cluster, CancellationToken token)
    {
        try
        {
            await cluster.IdleAsync(TimeSpan.FromSeconds(3), token);
        }
        catch (TimeoutException)
        {
            // A commit that was written and failed all the same may have withdrawn a question of which nobody knows any more.
        }
    }

    private static bool IsOneEnd(NegotiationEnded ended, NegotiationRecord record) =>
        record.Phase == NegotiationPhase.Ended && record.Outcome == ended.Outcome && record.Entries.Count(e => e.What == NegotiationEvent.Ended) == 1;

    private static bool IsDoneByOne(NegotiationEnded ended, IReadOnlyList<string> done) => ended.Outcome == NegotiationOutcome.Done
        ? done is [var one] && one == ended.Winner && ended.Result?.GetString() == one
        : done.Count == 0 || (done.Count == 1 && ended.Outcome is NegotiationOutcome.Cancelled or NegotiationOutcome.Expired);

    private static async Task<IReadOnlyList<string>> ReadDoneAsync(AgentTestCluster cluster, Buy buy, string negotiation, CancellationToken token)
    {
        var done = new List<string>();
        foreach (var seller in buy.Sellers)
        {
            var deals = await cluster.ReadAsync(seller, new ReadDeals(), _ => true, token);
            done.AddRange(Enumerable.Repeat(seller, deals.All.TryGetValue(negotiation, out var deal) ? deal.Performed : 0));
        }

        return done;
    }
}
