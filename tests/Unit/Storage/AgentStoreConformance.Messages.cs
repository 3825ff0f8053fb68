using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;
using Xunit;
using static OrleansAgents.Tests.Storage.TestCommits;

namespace OrleansAgents.Tests.Storage;

public abstract partial class AgentStoreConformance
{
    [Fact]
    public async Task Outgoing_AcknowledgedAndReplaced_KeepsItsOrder()
    {
        var messages = Enumerable.Range(0, 5).Select(i => Message($$"""{"i":{{i}}}""")).ToArray();
        await CommitAsync(new AgentCommit { Etag = 0, Outgoing = [Outgoing(messages[0]), Outgoing(messages[1]), Outgoing(messages[2])] });
        await CommitAsync(new AgentCommit { Etag = 1, Acknowledged = [messages[1].Id, MessageId.New()], Outgoing = [Outgoing(messages[3])] });
        await CommitAsync(new AgentCommit { Etag = 2, Outgoing = [Outgoing(messages[0], attempts: 4), Outgoing(messages[4])] });

        foreach (var reopened in new[] { false, true })
        {
            Store = reopened ? await ReopenAsync() : Store;
            var outgoing = (await LoadAsync()).Outgoing;
            Assert.Equal([messages[0].Id, messages[2].Id, messages[3].Id, messages[4].Id], outgoing.Select(o => o.Envelope.Id));
            Assert.Equal([4, 0, 0, 0], outgoing.Select(o => o.Attempts));
        }

        await CommitAsync(new AgentCommit { Etag = 3, Acknowledged = [.. messages.Select(m => m.Id)] });
        Assert.Empty((await LoadAsync()).Outgoing);
        Store = await ReopenAsync();
        Assert.Empty((await LoadAsync()).Outgoing);
    }

    [Fact]
    public async Task Outgoing_AcknowledgedAndSentInOneCommit_IsSentAnew()
    {
        var (first, second) = (Message(), Message());
        await CommitAsync(new AgentCommit { Etag = 0, Outgoing = [Outgoing(first), Outgoing(second)] });

        await CommitAsync(new AgentCommit { Etag = 1, Acknowledged = [first.Id], Outgoing = [Outgoing(first, attempts: 1)] });

        Assert.Equal([second.Id, first.Id], (await LoadAsync()).Outgoing.Select(o => o.Envelope.Id));
    }

    [Fact]
    public async Task Outgoing_NestedDeeperThanAMessageMay_IsReadAsItWasWritten()
    {
        var payload = string.Concat(Enumerable.Repeat("""{"a":""", 200)) + "{}" + new string('}', 200);
        await CommitAsync(new AgentCommit { Etag = 0, Outgoing = [Outgoing(Message(payload))] });

        Store = await ReopenAsync();

        Assert.Equal(payload, Text(Assert.Single((await LoadAsync()).Outgoing).Envelope.PayloadJson));
    }

    [Fact]
    public async Task Outgoing_WithEveryField_IsReadAsItWasWritten()
    {
        var envelope = Message().WithExpiry(Start.AddTicks(12345)).With(new EnvelopeExtras
        {
            CorrelationId = MessageId.New(),
            CausationId = MessageId.New(),
            ConversationId = "c",
            SentAt = Start,
            Hops = ["a/b", "c/d"],
            TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            TraceState = "x=y",
            Headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["h"] = "v" },
        });
        await CommitAsync(new AgentCommit { Etag = 0, Outgoing = [Outgoing(envelope)] });

        Store = await ReopenAsync();
        var read = Assert.Single((await LoadAsync()).Outgoing).Envelope;

        Assert.Equal(EnvelopeJson.ToBytes(envelope), EnvelopeJson.ToBytes(read));
        Assert.Equal(("test.sent", 3, Start.AddTicks(12345)), (read.Type, read.Version, read.ExpiresAt));
    }

    [Fact]
    public async Task Positions_OfTheSameTopic_ReplaceOneAnother()
    {
        await CommitAsync(new AgentCommit { Etag = 0, Positions = [new TopicPosition("a", 1), new TopicPosition("b", 5)] });
        await CommitAsync(new AgentCommit { Etag = 1, Positions = [new TopicPosition("a", 2)] });
        await CommitAsync(new AgentCommit { Etag = 2, Positions = [new TopicPosition("c", 9)] });

        foreach (var reopened in new[] { false, true })
        {
            Store = reopened ? await ReopenAsync() : Store;
            Assert.Equal(
                [new TopicPosition("a", 2), new TopicPosition("b", 5), new TopicPosition("c", 9)],
                (await LoadAsync()).Positions.OrderBy(p => p.Topic.Name));
        }
    }

    [Fact]
    public async Task Handled_BeyondTheCount_KeepsTheLatest()
    {
        var ids = Enumerable.Range(0, 130).Select(_ => MessageId.New()).ToArray();
        for (var etag = 0; etag < 13; etag++)
        {
            await CommitAsync(new AgentCommit { Etag = etag, Handled = [.. ids.Skip(etag * 10).Take(10).Select(id => Handled(id, Start))] });
        }

        Assert.Equal(ids[30..], (await LoadAsync()).Handled.Select(h => h.Id));
        Store = await ReopenAsync();
        Assert.Equal(ids[30..], (await LoadAsync()).Handled.Select(h => h.Id));
    }

    [Fact]
    public async Task Handled_BeyondTheAge_IsForgotten()
    {
        var (first, second) = (MessageId.New(), MessageId.New());
        await CommitAsync(new AgentCommit { Etag = 0, Handled = [Handled(first, Time.GetUtcNow())] });
        Time.Advance(TimeSpan.FromMinutes(6));
        await CommitAsync(new AgentCommit { Etag = 1, Handled = [Handled(second, Time.GetUtcNow())] });
        Time.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal([first, second], (await LoadAsync()).Handled.Select(h => h.Id));

        Time.Advance(TimeSpan.FromTicks(1));

        Assert.Equal([second], (await LoadAsync()).Handled.Select(h => h.Id));
        Store = await ReopenAsync();
        Assert.Equal([second], (await LoadAsync()).Handled.Select(h => h.Id));
    }

    [Fact]
    public async Task ReadDue_OfSeveralAgents_GivesTheLongestDueFirst()
    {
        foreach (var (key, seconds) in new[] { ("c", 3), ("a", 1), ("late", 11), ("b", 2) })
        {
            await Store.CommitAsync(new AgentId("pricer", key), State(0, "0") with { WakeAt = Start.AddSeconds(seconds) }, Token);
        }

        await Store.CommitAsync(new AgentId("pricer", "never"), State(0, "0"), Token);

        foreach (var reopened in new[] { false, true })
        {
            Store = reopened ? await ReopenAsync() : Store;
            Assert.Equal(["a", "b", "c"], (await DueAsync(10)).Select(a => a.Key));
            Assert.Equal(["a", "b"], (await DueAsync(2)).Select(a => a.Key));
        }
    }

    [Fact]
    public async Task ReadDue_AfterTheWakeTimeWasReplaced_FollowsTheLast()
    {
        await CommitAsync(State(0, "0") with { WakeAt = Start });
        Store = await ReopenAsync();
        Assert.Equal([Pricer], await DueAsync());

        await CommitAsync(new AgentCommit { Etag = 1, WakeAt = Start.AddSeconds(20) });
        Assert.Empty(await DueAsync());

        await CommitAsync(new AgentCommit { Etag = 2, WakeAt = Start.AddSeconds(10) });
        Assert.Equal([Pricer], await DueAsync());

        await CommitAsync(new AgentCommit { Etag = 3 });
        Assert.Empty(await DueAsync());
        Store = await ReopenAsync();
        Assert.Empty(await DueAsync());
    }

    private async Task<IReadOnlyList<AgentId>> DueAsync(int limit = 10) => await Store.ReadDueAsync(Start.AddSeconds(10), limit, Token);
}
