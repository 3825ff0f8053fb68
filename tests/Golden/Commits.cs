using OrleansAgents.Agents;
using OrleansAgents.Audit;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;
using static OrleansAgents.Tests.Golden.Messages;

namespace OrleansAgents.Tests.Golden;

/// <summary>What every store is given: in rounds, so that a store that writes in steps has both old and fresh commits.</summary>
internal static class Commits
{
    public static async Task WriteAsync(IAgentStore store, int round)
    {
        // Ten ids a round, and etags that go on from the round before.
        var at = round * 10;
        await store.CommitAsync("pricer/eu", new AgentCommit
        {
            Etag = round,
            State = Json($$"""{"asked":{{round + 1}},"prices":{"A1":9.95} }"""),
            Handled = [new HandledMessage(Id(at + 1), Now.AddSeconds(round), Json("""{"price":9.95}""")), new HandledMessage(Id(at + 2), Now.AddSeconds(round), Reply: null)],
            Outgoing = [new OutgoingMessage(Plain(at + 3), Now) { DueAt = Now.AddSeconds(4), Attempts = 2 }, new OutgoingMessage(Full(at + 4), Now)],
            Positions = [new TopicPosition("orders/eu", round + 5)],
            WakeAt = Now.AddSeconds(4),
            Audit = Audit(round),
        }, CancellationToken.None);
        await store.CommitAsync("till/eu", new AgentCommit
        {
            Etag = round,
            State = Json($$"""{"paid":{{round}}}"""),
            Handled = [new HandledMessage(Id(at + 9), Now.AddSeconds(round), Trusted.SealedReply(Id(at + 9)))],
            Outgoing = [new OutgoingMessage(Trusted.Sealed(at + 9), Now)],
            WakeAt = Now,
        }, CancellationToken.None);
        await store.CommitAsync($"reminder/{round}", new AgentCommit
        {
            Etag = 0,
            Outgoing = [new OutgoingMessage(Plain(at + 5, $"reminder/{round}"), Now.AddHours(2))],
            WakeAt = Now.AddHours(2),
        }, CancellationToken.None);
        await store.CommitAsync("dead-letters/3", new AgentCommit
        {
            Etag = round,
            Handled = [new HandledMessage(Id(at + 6), Now, Reply: null)],
            Outgoing = [new OutgoingMessage(Letter(at + 6), Now) { DueAt = DateTimeOffset.MaxValue }],
        }, CancellationToken.None);
        await store.CommitAsync("topic/orders/eu", new AgentCommit
        {
            Etag = round,
            State = Json("""{"below":[],"isAnnounced":true,"patterns":[],"subscribers":[{"agent":"collector/a","cursor":1,"filters":{"":null,"orders/*":{"/sku":"A1"}}}]}"""),
            Events = [new TopicEvent((round * 2) + 1, Now.AddSeconds(round), Plain(at + 7, "topic/orders/eu")), new TopicEvent((round * 2) + 2, Now.AddSeconds(round), Full(at + 8).To("topic/orders/eu"))],
        }, CancellationToken.None);
    }

    /// <summary>Two entries a round: one accepted and one refused, the later rounds keyed.</summary>
    private static AuditEntry[] Audit(int round)
    {
        AuditHead? head = null;
        AuditEntry[] sealedEntries = [];
        for (var earlier = 0; earlier <= round; earlier++)
        {
            var key = earlier == 0 ? null : Trusted.AuditKey;
            var at = Now.AddSeconds(earlier);
            var first = AuditHash.Seal(new AuditEntry { At = at, Id = Id((earlier * 10) + 1).Value, Type = "test.sent", Version = 3, Sender = "client/ä", Outcome = Outcome.Accepted }, "pricer/eu", head, key);
            var second = AuditHash.Seal(
                new AuditEntry { At = at, Id = Id((earlier * 10) + 2).Value, Type = "test.sent", Version = 3, Sender = "client/b", Outcome = Outcome.Refused, Code = "busy" },
                "pricer/eu", new AuditHead(first.Sequence, first.Hash), key);
            head = new AuditHead(second.Sequence, second.Hash);
            sealedEntries = [first, second];
        }

        return sealedEntries;
    }
}
