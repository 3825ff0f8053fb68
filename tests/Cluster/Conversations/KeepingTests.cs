using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OrleansAgents.Conversations;
using OrleansAgents.Messaging;
using OrleansAgents.Testing;

namespace OrleansAgents.Tests.Conversations;

/// <summary>What a conversation keeps, and for how long, on a clock that stands still.</summary>
public sealed class KeepingTests
{
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Messages_BeyondTheLimit_AreCountedAndNotKept()
    {
        await using var cluster = await StartAsync(o => o.MaxMessages = 3);
        await SayAsync(cluster, "story", 5);
        var page = await ReadAsync(cluster, "story");
        Assert.Equal((3, 3L, 2L), (page.Notes.Count, page.Kept, page.Missing));
        Assert.Equal(["0", "1", "2"], page.Notes.Select(n => System.Text.Json.JsonElement.Parse(n.Said.Envelope!).GetProperty("payload").GetProperty("text").GetString()));
    }

    [Fact]
    public async Task Messages_BeyondTheirBytes_AreCountedAndNotKept()
    {
        await using var cluster = await StartAsync(o => o.MaxBytes = 1500);
        await SayAsync(cluster, "story", 5);
        var page = await ReadAsync(cluster, "story");
        Assert.Equal(5, page.Kept + page.Missing);
        Assert.InRange(page.Kept, 1, 4);
    }

    [Fact]
    public async Task Conversation_WhoseAgentCrashes_GoesOn()
    {
        await using var cluster = await StartAsync(_ => { });
        await SayAsync(cluster, "story", 3);
        await cluster.RestartAgentAsync("conversation/story");
        await SayAsync(cluster, "story", 2);
        await cluster.RestartAgentAsync("conversation/story");
        Assert.Equal([1L, 2, 3, 4, 5], (await AdvanceAsync(cluster, Reading.ReadAsync(cluster.Client, "story", Token, limit: 2))).Select(n => n.Sequence));
        var index = ConversationAddress.IndexFor("story");
        await cluster.RestartAgentAsync(index);
        Assert.Single((await AdvanceAsync(cluster, cluster.Client.Agent(index).AskAsync(new ConversationsList(), cancellationToken: Token).AsTask())).Conversations);
    }

    [Fact]
    public async Task Conversation_NobodySpeaksInForItsAge_IsForgottenAndMayBeginAnew()
    {
        await using var cluster = await StartAsync(o => o.Age = TimeSpan.FromMinutes(1));
        await SayAsync(cluster, "story", 2);
        _time.Advance(TimeSpan.FromSeconds(40));
        await SayAsync(cluster, "story", 1);
        _time.Advance(TimeSpan.FromSeconds(40));
        await cluster.IdleAsync(cancellationToken: Token);
        // A minute since it began, and not since its last message.
        Assert.Equal(3, (await ReadAsync(cluster, "story")).Kept);
        Assert.Single(await AdvanceAsync(cluster, Reading.ListAsync(cluster.Client, Token)));

        await cluster.RestartAgentAsync("conversation/story");
        _time.Advance(TimeSpan.FromSeconds(30));
        while ((await ReadAsync(cluster, "story")).Last is not null || (await AdvanceAsync(cluster, Reading.ListAsync(cluster.Client, Token))).Count > 0)
        {
            await cluster.IdleAsync(cancellationToken: Token);
        }

        await SayAsync(cluster, "story", 1);
        Assert.Equal((1L, 0L), ((await ReadAsync(cluster, "story")).Kept, (await ReadAsync(cluster, "story")).Missing));
        Assert.Single(await AdvanceAsync(cluster, Reading.ListAsync(cluster.Client, Token)));
    }

    [Fact]
    public async Task Forget_SentByAnybody_IsRefused()
    {
        await using var cluster = await StartAsync(_ => { });
        await SayAsync(cluster, "story", 1);
        var forget = Envelope.CreateJson("conversation/story", "conversation/story", "conversation.forget", "{}"u8.ToArray());
        var reply = await AdvanceAsync(cluster, cluster.Client.SendAsync(forget, cancellationToken: Token).AsTask());
        Assert.Equal(RefusalCodes.NotAllowed, reply.Refusal?.Code);
        Assert.Equal(1, (await ReadAsync(cluster, "story")).Kept);
    }

    [Fact]
    public async Task List_OfMany_GivesTheLatestFirstAndByTime()
    {
        await using var cluster = await StartAsync(_ => { });
        var shard = ConversationAddress.IndexFor("0");
        var names = Enumerable.Range(0, 200).Select(i => $"{i}").Where(n => ConversationAddress.IndexFor(n) == shard).Take(4).ToArray();
        var times = new List<DateTimeOffset>();
        foreach (var name in names)
        {
            await SayAsync(cluster, name, 1);
            times.Add(_time.GetUtcNow());
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        var index = cluster.Client.Agent(shard);
        var page = await AdvanceAsync(cluster, index.AskAsync(new ConversationsList(Limit: 2), cancellationToken: Token).AsTask());
        Assert.Equal((names[3], names[2], 4), (page.Conversations[0].Conversation, page.Conversations[1].Conversation, page.Total));
        var between = await AdvanceAsync(
            cluster, index.AskAsync(new ConversationsList(StartedAfter: times[0], StartedBefore: times[2].AddMilliseconds(1)), cancellationToken: Token).AsTask());
        Assert.Equal([names[2], names[1]], between.Conversations.Select(c => c.Conversation));
    }

    [Fact]
    public async Task Options_ThatMakeNoSense_AreRefusedAtStartWithTheRemedy()
    {
        var refused = await Assert.ThrowsAnyAsync<Exception>(async () => await StartAsync(o => o.Age = TimeSpan.Zero));
        Assert.Contains("7 days are the default", Assert.IsType<OptionsValidationException>(refused.GetBaseException()).Message, StringComparison.Ordinal);
    }

    private static async Task SayAsync(AgentTestCluster cluster, string conversation, int times)
    {
        for (var i = 0; i < times; i++)
        {
            await AdvanceAsync(cluster, cluster.Client.Agent("talker/a").AskAsync(new Talk($"{i}"), Reading.In(conversation), Token).AsTask());
        }

        await cluster.IdleAsync(cancellationToken: Token);
    }

    private static async Task<ConversationPage> ReadAsync(AgentTestCluster cluster, string conversation) =>
        await AdvanceAsync(cluster, cluster.Client.Agent(ConversationAddress.For(conversation)).AskAsync(new ConversationRead(), cancellationToken: Token).AsTask());

    /// <summary>A query waits for what it may have read, and acknowledgements are stored 200 ms after they came, by this clock.</summary>
    private static async Task<T> AdvanceAsync<T>(AgentTestCluster cluster, Task<T> task)
    {
        await cluster.AdvanceUntilAsync(task, TimeSpan.FromMilliseconds(5));
        return await task;
    }

    private async Task<AgentTestCluster> StartAsync(Action<ConversationOptions> configure) => await AgentTestCluster.StartAsync(
        options =>
        {
            options.Time = _time;
            options.Patience = TimeSpan.FromSeconds(30);
            options.AddAgent<TalkerAgent>().ConfigureSilo(silo => silo.Services.Configure(configure));
        },
        Token);
}
