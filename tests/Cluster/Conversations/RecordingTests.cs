using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Conversations;
using OrleansAgents.DeadLetters;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;
using OrleansAgents.Testing;
using OrleansAgents.Tests.Runs;

namespace OrleansAgents.Tests.Conversations;

public sealed class RecordingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Messages_OfAConversation_AreNotedOnceByEachRecipient()
    {
        await using var cluster = await StartAsync();
        await cluster.Client.Agent("talker/listener").TellAsync(new Listen("stories/eu"), cancellationToken: Token);
        var talker = cluster.Client.Agent("talker/a");
        var options = Reading.In("story", MessageId.New());
        var talk = new Talk("hello", Tell: "talker/b", Ask: "whisperer/w", Publish: "stories/eu");
        Assert.Equal(new Talked("hello asked", "story"), await talker.AskAsync(talk, options, Token));
        await talker.AskAsync(talk, options, Token);
        await cluster.IdleAsync(cancellationToken: Token);

        var notes = await Reading.ReadAsync(cluster.Client, "story", Token);

        Assert.Equal(
            [
                "client/test test.talk talker/a Accepted",
                "talker/a test.rumour talker/listener Accepted", "talker/a test.rumour topic/stories/eu Accepted",
                "talker/a test.talk talker/b Accepted", "talker/a test.talk whisperer/w Accepted",
            ],
            Reading.Lines(notes));
        var first = notes.Single(n => n.Said.Recipient == "talker/a").Said;
        Assert.Equal((options.Id!.Value.Value, null), (first.Message, first.Causation));
        Assert.All(notes.Where(n => n.Said.Recipient != "talker/a"), n => Assert.Equal(first.Message, n.Said.Causation));
        Assert.Equal("hello", JsonElement.Parse(first.Envelope!).GetProperty("payload").GetProperty("text").GetString());
        Assert.Equal("hello asked", JsonElement.Parse(first.Reply!).GetProperty("text").GetString());
        Assert.All(notes, n => Assert.True(n.Said.At >= first.At, "A cause began after its effect."));
        var listed = Assert.Single(await Reading.ListAsync(cluster.Client, Token));
        Assert.Equal(new ConversationEntry("story", first.At, "client/test", "talker/a", "test.talk"), listed);
        Assert.Empty(await LettersAsync(cluster));
    }

    [Theory]
    [InlineData("talker/a")]
    [InlineData("whisperer/a")]
    public async Task Queries_RefusalsAndFailures_AreNotedWithTheirOutcome(string agent)
    {
        await using var cluster = await StartAsync();
        var handle = cluster.Client.Agent(agent);
        await handle.AskAsync(new Overhear(), Reading.In("story"), Token);
        await Assert.ThrowsAsync<AgentRefusedException>(async () => await handle.AskAsync(new Talk("refuse", Tell: "talker/never"), Reading.In("story"), Token));
        await Assert.ThrowsAsync<AgentFailedException>(async () => await handle.AskAsync(new Talk("fail", Tell: "talker/never"), Reading.In("story"), Token));
        // This one does not pass the gate, and is no part of the story.
        await cluster.Client.SendAsync(Envelope.CreateJson("client/test", agent, "test.unheard", "{}"u8.ToArray()), Reading.In("story"), Token);
        await cluster.IdleAsync(cancellationToken: Token);

        var notes = await Reading.ReadAsync(cluster.Client, "story", Token);

        Assert.Equal(
            [
                $"client/test test.overhear {agent} Accepted",
                $"client/test test.talk {agent} Failed handler-failed", $"client/test test.talk {agent} Refused test.refused",
            ],
            Reading.Lines(notes));
        Assert.DoesNotContain("secret", string.Concat(notes.Select(n => n.Said.Reason)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Message_TriedAgainUntilItIsHandled_IsNotedOnceAsHandled()
    {
        await using var cluster = await StartAsync();
        var talker = cluster.Client.Agent("talker/a");
        var options = Reading.In("story", MessageId.New());
        await Assert.ThrowsAsync<AgentFailedException>(async () => await talker.AskAsync(new Talk("fail"), options, Token));
        await Assert.ThrowsAsync<AgentFailedException>(async () => await talker.AskAsync(new Talk("fail"), options, Token));
        await cluster.IdleAsync(cancellationToken: Token);
        Assert.Equal(["client/test test.talk talker/a Failed handler-failed"], Reading.Lines(await Reading.ReadAsync(cluster.Client, "story", Token)));
        await talker.AskAsync(new Talk("now"), options, Token);
        await cluster.IdleAsync(cancellationToken: Token);
        Assert.Equal(["client/test test.talk talker/a Accepted"], Reading.Lines(await Reading.ReadAsync(cluster.Client, "story", Token)));
    }

    [Fact]
    public async Task Ask_ThatComesBackInTheMiddleOfATurn_IsNotedWithTheOuterTurn()
    {
        await using var cluster = await StartAsync();
        // The outer turn fails behind the nested one, whose effects go with it.
        await Assert.ThrowsAsync<AgentFailedException>(async () =>
            await cluster.Client.Agent("talker/a").AskAsync(new Talk("fail", Ask: "talker/a"), Reading.In("failed"), Token));
        await cluster.Client.Agent("talker/a").AskAsync(new Talk("well", Ask: "talker/a"), Reading.In("well"), Token);
        await cluster.IdleAsync(cancellationToken: Token);
        Assert.Equal(["client/test test.talk talker/a Failed handler-failed"], Reading.Lines(await Reading.ReadAsync(cluster.Client, "failed", Token)));
        Assert.Equal(
            ["client/test test.talk talker/a Accepted", "talker/a test.talk talker/a Accepted"],
            Reading.Lines(await Reading.ReadAsync(cluster.Client, "well", Token)));
    }

    [Fact]
    public async Task Turn_ThatBeginsAConversation_SendsInIt()
    {
        await using var cluster = await StartAsync();
        var reply = await cluster.Client.Agent("talker/a").AskAsync(
            new Talk("hello", Tell: "talker/b", Ask: "whisperer/w", Begin: "other"), Reading.In("story"), Token);
        Assert.Equal("other", reply.Conversation);
        // Without one of its own, a message can begin one, too.
        await cluster.Client.Agent("talker/c").AskAsync(new Talk("hello", Tell: "talker/d", Begin: "other"), cancellationToken: Token);
        await cluster.IdleAsync(cancellationToken: Token);
        Assert.Equal(["client/test test.talk talker/a Accepted"], Reading.Lines(await Reading.ReadAsync(cluster.Client, "story", Token)));
        Assert.Equal(
            ["talker/a test.talk talker/b Accepted", "talker/a test.talk whisperer/w Accepted", "talker/c test.talk talker/d Accepted"],
            Reading.Lines(await Reading.ReadAsync(cluster.Client, "other", Token)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Messages_OfNoConversationOrNotRecorded_AreNotNoted(bool isOff)
    {
        await using var cluster = await StartAsync(agents => agents.RecordConversations = !isOff);
        await cluster.Client.Agent("talker/a").AskAsync(new Talk("hello", Tell: "talker/b", Ask: "whisperer/w"), isOff ? Reading.In("story") : null, Token);
        await cluster.IdleAsync(cancellationToken: Token);
        Assert.Empty(await Reading.ListAsync(cluster.Client, Token));
        Assert.Null((await cluster.Client.Agent("conversation/story").AskAsync(new ConversationRead(), cancellationToken: Token)).Last);
    }

    [Theory]
    [InlineData("dead-letters/0")]
    [InlineData("with\na break")]
    [InlineData("sha256:0000000000000000000000000000000000000000000000000000000000000000")]
    public async Task Messages_OfAConversationWithAnyId_AreFoundByIt(string conversation)
    {
        await using var cluster = await StartAsync();
        await cluster.Client.Agent("talker/a").AskAsync(new Talk("hello"), Reading.In(conversation), Token);
        await cluster.IdleAsync(cancellationToken: Token);
        Assert.Equal(conversation, Assert.Single(await Reading.ListAsync(cluster.Client, Token)).Conversation);
        Assert.Equal(conversation, Assert.Single(await Reading.ReadAsync(cluster.Client, conversation, Token)).Said.Conversation);
    }

    [Fact]
    public async Task Message_OfAConversationWithALongId_IsRefusedAtTheGate()
    {
        await using var cluster = await StartAsync();
        foreach (var client in (IAgentClient[])[cluster.Client, cluster.InsideClient()])
        {
            var refused = await Assert.ThrowsAsync<AgentRefusedException>(async () =>
                await client.Agent("talker/a").AskAsync(new Talk("hello"), Reading.In(new string('x', 1025)), Token));
            Assert.Equal(RefusalCodes.TooLarge, refused.Code);
        }
    }

    [Fact]
    public async Task Note_OfSomebodyElse_IsRefused()
    {
        await using var cluster = await StartAsync();
        var said = new ConversationSaid(
            "story", Guid.NewGuid(), null, "test.talk", 1, "client/x", "talker/a", DateTimeOffset.UnixEpoch, Outcome.Accepted, null, null, "{}", null);
        Assert.Equal(RefusalCodes.NotAllowed, (await cluster.Client.Agent("conversation/story").TellAsync(said, cancellationToken: Token)).Refusal?.Code);
        var reply = await cluster.Client.SendAsync(Envelope.Create("talker/a", "conversation/other", said), cancellationToken: Token);
        Assert.Equal(RefusalCodes.BadAddress, reply.Refusal?.Code);
        var began = new ConversationBegan("story", Guid.NewGuid(), DateTimeOffset.UnixEpoch, "a/b", "c/d", "x");
        Assert.Equal(
            RefusalCodes.NotAllowed,
            (await cluster.Client.Agent(ConversationAddress.IndexFor("story")).TellAsync(began, cancellationToken: Token)).Refusal?.Code);
    }

    [Fact]
    public async Task Conversation_OfARun_HasWhatIsSaidAndNotThePieces()
    {
        await using var cluster = await RunCrashTests.StartAsync(_ => { });
        await (await cluster.Client.StartAsync("painter/a", new PaintSlowly("c"), new RunStartOptions { Id = "c", ConversationId = "talk" }, Token)).WaitAsync(untilFinal: true, Token);
        string[] said =
        [
            "client/test paint.slowly painter/a Accepted", "client/test run.start run/c Accepted", "painter/a paint.done painter/a Accepted",
            "painter/a run.report run/c Accepted",
        ];
        // That it was taken the run hears only where it is not over by then.
        const string Taken = "run/c agent.answers run/c Accepted";
        IReadOnlyList<string> noted;
        while ((noted = [.. Reading.Lines(await Reading.ReadAsync(cluster.Client, "talk", Token)).Where(line => line != Taken)]).Count < said.Length)
        {
            Token.ThrowIfCancellationRequested();
        }

        Assert.Equal(said, noted);
    }

    private static async Task<IReadOnlyList<DeadLetterEntry>> LettersAsync(AgentTestCluster cluster)
    {
        var pages = await Task.WhenAll(DeadLetterAddress.All.Select(async a => await cluster.Client.Agent(a).AskAsync(new DeadLetterList(), cancellationToken: Token)));
        return [.. pages.SelectMany(p => p.Letters)];
    }

    private static async Task<AgentTestCluster> StartAsync(Action<AgentOptions>? configure = null) => await AgentTestCluster.StartAsync(
        options => options.AddAgent<TalkerAgent>().AddAgent<WhispererAgent>().ConfigureAgents(configure ?? (_ => { })), Token);
}
