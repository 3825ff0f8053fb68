using OrleansAgents.Agents;
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
}
