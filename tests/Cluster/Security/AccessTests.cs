using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansAgents.Agents;
using OrleansAgents.DeadLetters;
using OrleansAgents.Messaging;
using OrleansAgents.Tests.Agents;
using OrleansAgents.Topics;

namespace OrleansAgents.Tests.Security;

/// <summary>What a silo with rules lets through; the client outside is <c>client/test</c>.</summary>
public sealed class AccessTests(RuledCluster ruled) : IClassFixture<RuledCluster>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IAgentClient Client => ruled.Cluster.Client;

    [Fact]
    public async Task Send_FromOutsideByARule_IsHandled() =>
        Assert.Equal("Hello, you!", (await Client.Agent("greeter/open").AskAsync(new Greet("you"), cancellationToken: Token)).Text);

    [Fact]
    public async Task Send_FromOutsideWithoutARule_IsRefusedAndOnlyTheLogSaysWhy()
    {
        var id = MessageId.New();
        var receipt = await Client.Agent("account/quiet").TellAsync(new Add(1), new SendOptions { Id = id }, Token);
        Assert.Equal((Outcome.Refused, RefusalCodes.NotAllowed), (receipt.Outcome, receipt.Refusal!.Code));
        Assert.Equal("client/test may not send test.add v1 to account/quiet.", receipt.Refusal.Message);
        var record = Assert.Single(ruled.Logged(id));
        Assert.Equal(LogLevel.Warning, record.Level);
        Assert.Contains("no rule allows it", record.Message, StringComparison.Ordinal);
        foreach (var part in (string[])["client/test", "test.add v1", "account/quiet"])
        {
            Assert.Contains(part, record.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Send_AllowedAndForbidden_IsRefusedAndTheLogNamesTheRule()
    {
        var id = MessageId.New();
        var receipt = await Client.Agent("greeter/secret-1").TellAsync(new Greet("you"), new SendOptions { Id = id }, Token);
        Assert.Equal(RefusalCodes.NotAllowed, receipt.Refusal!.Code);
        Assert.DoesNotContain("vault", receipt.Refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('*', receipt.Refusal.Message);
        Assert.Contains("the rule 'vault' says * may not send * to greeter/secret*", Assert.Single(ruled.Logged(id)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_BetweenAgents_NeedsNoRule()
    {
        await Client.Agent("account/teller").AskAsync(new TellOn("account/among", 4), cancellationToken: Token);
        await ruled.Cluster.IdleAsync(cancellationToken: Token);
        Assert.Equal(4, (await AskInsideAsync("account/among", new Read())).Value);
    }

    [Theory]
    [InlineData("account/leak", "topic/shut/leak")]
    [InlineData("account/silenced", "listener/unheard")]
    public async Task Send_FromAnAgentThatARuleForbids_BecomesADeadLetter(string from, string to)
    {
        await Client.Agent(from).AskAsync(new TellOn(to, 4), cancellationToken: Token);
        await ruled.Cluster.IdleAsync(cancellationToken: Token);
        var letters = new List<DeadLetterEntry>();
        foreach (var office in DeadLetterAddress.All)
        {
            letters.AddRange((await AskInsideAsync(office, new DeadLetterList(Recipient: to))).Letters);
        }

        Assert.Equal(["test.add", "test.note"], letters.Select(l => l.Type).Order(StringComparer.Ordinal));
        Assert.All(letters, l => Assert.Equal(RefusalCodes.NotAllowed, l.Code));
    }

    [Fact]
    public async Task Publish_FromOutside_NeedsARule()
    {
        Assert.Equal(Outcome.Accepted, (await Client.Topic("open/eu/north").PublishAsync(new Note("a"), cancellationToken: Token)).Outcome);
        var refused = await Client.Topic("other").PublishAsync(new Note("a"), cancellationToken: Token);
        Assert.Equal("client/test may not send test.note v1 to topic/other.", refused.Refusal!.Message);
    }

    [Fact]
    public async Task Event_FromOutside_ReachesSubscribersWithoutARuleForThem()
    {
        await AskInsideAsync("topic/open/told", new TopicSubscribe("listener/told"));
        await Client.Topic("open/told").PublishAsync(new Note("a"), cancellationToken: Token);
        await Gates.Entered("listener/told=1").Task.WaitAsync(Token);
        Assert.Equal(RefusalCodes.NotAllowed, (await Client.Agent("listener/told").TellAsync(new Note("b"), cancellationToken: Token)).Refusal!.Code);
    }

    [Fact]
    public async Task Publish_UnderAReservedName_IsNoEvent()
    {
        (string Type, int Version, string Code)[] reserved =
        [
            ("topic.subscribers", 2, RefusalCodes.UnknownContract), ("topic.read", 1, RefusalCodes.UnknownContract), ("topic.appeared", 1, RefusalCodes.NotAllowed),
        ];
        foreach (var (type, version, code) in reserved)
        {
            var refused = await Assert.ThrowsAsync<AgentRefusedException>(async () =>
                await Client.Agent("topic/open/reserved").AskJsonAsync(type, "{}"u8.ToArray(), version, cancellationToken: Token));
            Assert.Equal(code, refused.Code);
        }
    }

    [Theory]
    [InlineData("plain", true)]
    [InlineData("open/eu", true)]
    [InlineData("open/eu/north", false)]
    [InlineData("shut/eu", false)]
    public async Task Subscribe_FromOutside_NeedsARule(string topic, bool allowed)
    {
        IRequest<TopicSubscribers>[] requests = [new TopicSubscribe("greeter/open"), new TopicUnsubscribe("greeter/open"), new TopicReadSubscribers()];
        foreach (var request in requests)
        {
            await AssertAsync(allowed, new TopicId(topic).Agent, request);
        }
    }

    [Theory]
    [InlineData("open/*", true)]
    [InlineData("open/**", false)]
    [InlineData("plain/*", false)]
    public async Task SubscribePattern_FromOutside_NeedsARuleThatCoversIt(string pattern, bool allowed)
    {
        await AssertAsync(allowed, TopicPattern.Parse(pattern).Above.Agent, new TopicSubscribePattern("greeter/open", pattern));
        await AssertAsync(allowed, TopicPattern.Parse(pattern).Above.Agent, new TopicUnsubscribePattern("greeter/open", pattern));
    }

    [Fact]
    public async Task SubscribePattern_ThatIsNone_IsAnInvalidPayload()
    {
        var refused = await Assert.ThrowsAsync<AgentRefusedException>(async () =>
            await Client.Agent("topic/open").AskJsonAsync("topic.subscribe-pattern", """{"agent":"greeter/open"}"""u8.ToArray(), cancellationToken: Token));
        Assert.Equal(RefusalCodes.InvalidPayload, refused.Code);
    }

    [Fact]
    public async Task Subscribe_ByAnAgentThatARuleForbids_IsRefused()
    {
        foreach (var request in (IRequest<TopicSubscribers>[])[new TopicSubscribe("greeter/open"), new TopicReadSubscribers()])
        {
            await Assert.ThrowsAsync<AgentRefusedException>(async () => await AskInsideAsync("topic/shut/eu", request));
            await AskInsideAsync("topic/other", request);
        }
    }

    [Fact]
    public async Task Read_FromOutside_NeedsARule()
    {
        await Client.Topic("open/read").PublishAsync(new Note("a"), cancellationToken: Token);
        await foreach (var one in Client.Topic("open/read").ReadAsync(TopicStart.Beginning, Token))
        {
            Assert.Equal((1L, "test.note"), (one.Position, one.Envelope.Type));
            break;
        }

        foreach (var topic in (string[])["open/read/deep", "shut/read", "other"])
        {
            await using var events = Client.Topic(topic).ReadAsync(TopicStart.Now, Token).GetAsyncEnumerator(Token);
            var refused = await Assert.ThrowsAsync<AgentRefusedException>(async () => await events.MoveNextAsync());
            Assert.Equal((RefusalCodes.NotAllowed, $"client/test may not send topic.read v1 to topic/{topic}."), (refused.Code, refused.Message));
        }
    }

    [Fact]
    public async Task Stream_OfARequestThatDoesNotReadTheTopic_BringsItsRefusal()
    {
        var agent = Client.Topic("open/raw").Id.Agent;
        (Envelope Request, string Code)[] wrong =
        [
            (Request(agent, """{"after":-1}"""), RefusalCodes.InvalidPayload),
            (Request(agent, """{"after":1,"at":"2026-01-31T12:00:00Z"}"""), RefusalCodes.InvalidPayload),
            (Request(agent, """{"after":"soon"}"""), RefusalCodes.InvalidPayload),
            (Request(agent, "{}").WithExpiry(DateTimeOffset.UnixEpoch), RefusalCodes.Expired),
            (Request("topic/open/elsewhere", "{}"), RefusalCodes.WrongRecipient),
            (Envelope.Create("client/test", agent, new Note("a")), RefusalCodes.UnknownContract),
            (Envelope.CreateJson("client/test", agent, "topic.read", new byte[300 * 1024]), RefusalCodes.TooLarge),
        ];
        var grain = ruled.Cluster.Services.GetRequiredService<IGrainFactory>().GetGrain<ITopicGrain>(Orleans.Runtime.GrainId.Create(agent.Kind, agent.Key));
        foreach (var (request, code) in wrong)
        {
            await using var readings = grain.ReadAsync(request, Token).GetAsyncEnumerator(Token);
            Assert.True(await readings.MoveNextAsync());
            Assert.Null(readings.Current.Event);
            Assert.Equal(code, readings.Current.Answer.Refusal!.Code);
            Assert.False(await readings.MoveNextAsync());
        }
    }

    private static Envelope Request(AgentId to, string payload) => Envelope.CreateJson("client/test", to, "topic.read", System.Text.Encoding.UTF8.GetBytes(payload));

    private async Task AssertAsync(bool allowed, AgentId to, IRequest<TopicSubscribers> request)
    {
        var ask = async () => await Client.Agent(to).AskAsync(request, cancellationToken: Token);
        if (allowed)
        {
            Assert.NotNull(await ask());
        }
        else
        {
            Assert.Equal(RefusalCodes.NotAllowed, (await Assert.ThrowsAsync<AgentRefusedException>(ask)).Code);
        }
    }

    /// <summary>Asks as an agent would.</summary>
    private async Task<TReply> AskInsideAsync<TReply>(AgentId to, IRequest<TReply> request)
    {
        var reply = await Client.SendAsync(Envelope.Create("greeter/asks", to, request), cancellationToken: Token);
        return reply.Refusal is { } refusal ? throw new AgentRefusedException(refusal) : reply.As<TReply>()!;
    }
}
