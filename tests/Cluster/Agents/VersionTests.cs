using Microsoft.Extensions.DependencyInjection;
using OrleansAgents.Agents;
using OrleansAgents.DeadLetters;
using OrleansAgents.Hosting;
using OrleansAgents.Messaging;
using OrleansAgents.Testing;
using OrleansAgents.Tests.Testing;

namespace OrleansAgents.Tests.Agents;

/// <summary>Contract versions side by side, within one class and between the silos of a rolling upgrade.</summary>
public sealed class VersionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ask_OfOlderVersions_IsAnsweredByTheNewestHandlerReadably()
    {
        await using var cluster = await StartAsync("new");
        foreach (var client in new[] { cluster.Client, cluster.InsideClient() })
        {
            var quoter = client.Agent($"quoter/{Guid.NewGuid():n}");
            Assert.Equal(new Quoted1("A", 1), await quoter.AskAsync(new Quote1("A"), cancellationToken: Token));
            Assert.Equal(new Quoted2("B", 3, "new EUR"), await quoter.AskAsync(new Quote2("B", 2), cancellationToken: Token));
            Assert.Equal(new Quoted2("C", 4, "new USD"), await quoter.AskAsync(new Quote3("C", 1, "USD"), cancellationToken: Token));
            var json = await quoter.AskJsonAsync("test.quote", """{"sku":"D"}"""u8.ToArray(), cancellationToken: Token);
            Assert.Equal("""{"by":"new EUR","price":5,"sku":"D"}""", System.Text.Encoding.UTF8.GetString(json!));
        }
    }

    [Fact]
    public async Task Ask_OfAnOlderVersionThatDoesNotFit_IsRefusedByTheOlderContract()
    {
        await using var cluster = await StartAsync("new");
        var refused = await Assert.ThrowsAsync<AgentRefusedException>(async () => await cluster.Client.Agent("quoter/a").AskJsonAsync(
            "test.quote", """{"sku":5}"""u8.ToArray(), cancellationToken: Token));
        Assert.Equal(RefusalCodes.InvalidPayload, refused.Code);
        Assert.Contains("test.quote v1", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handler_OfTheOlderVersion_WinsOverMakingANewerOne()
    {
        await using var cluster = await AgentTestCluster.StartAsync(o => o.AddAgent<ExplicitQuoterAgent>(), Token);
        Assert.Equal("itself", (await cluster.Client.Agent("explicit-quoter/a").AskAsync(new Quote1("A"), cancellationToken: Token)).Sku);
    }

    [Fact]
    public async Task Kinds_WithSeveralVersions_ListWhatAnySiloAccepts()
    {
        await using var cluster = await StartAsync("old", "new");
        var quoter = Assert.Single(cluster.Client.Kinds, k => k.Kind == "quoter");
        Assert.Equal([1, 2, 3], quoter.Contracts.Where(c => c.Type == "test.quote").Select(c => c.Version));
    }

    [Fact]
    public async Task Ask_OfAVersionThatOnlyAnotherSiloHandles_MovesTheAgentAndIsAnswered()
    {
        await using var cluster = await StartAsync("old", "new");
        for (var i = 0; i < 6; i++)
        {
            var quoter = cluster.Client.Agent($"quoter/{i}");
            // The first version starts it on either; the second needs the newer class, which then takes the first too.
            await quoter.AskAsync(new Quote1("A"), cancellationToken: Token);
            Assert.Equal(3, (await quoter.AskAsync(new Quote2("B", 2), cancellationToken: Token)).Price);
            await UntilMovedAsync(cluster, $"quoter/{i}");
            Assert.Equal(4, (await quoter.AskAsync(new Quote1("C"), cancellationToken: Token)).Price);
            await UntilMovedAsync(cluster, $"quoter/{i}");
        }
    }

    [Fact]
    public async Task Ask_OfVersionsThatNoSiloHandlesBoth_AreAllAnsweredOnce()
    {
        await using var cluster = await StartAsync("new", "strict");
        var quoter = cluster.Client.Agent("quoter/both");
        await Parallel.ForAsync(0, 20, Token, async (i, _) =>
        {
            if (i % 2 == 0)
            {
                await SendAsync(cluster, "quoter/both", new Quote1("A"));
            }
            else
            {
                await SendAsync(cluster, "quoter/both", new Strict2());
            }
        });
        Assert.Equal(20, (await quoter.AskAsync(new ReadQuotes(), cancellationToken: Token)).Value);
    }

    [Fact]
    public async Task Version_ThatNoSiloHandles_IsRefusedAsBeforeAndToldOnesEndAsLetters()
    {
        await using var cluster = await StartAsync("old", "new");
        var refused = await Assert.ThrowsAsync<AgentRefusedException>(async () => await cluster.Client.Agent("quoter/a").AskAsync(new Quote9(), cancellationToken: Token));
        Assert.Equal(RefusalCodes.UnknownVersion, refused.Code);
        await cluster.Client.Agent("quote-passer/a").TellAsync(new PassQuote("quoter/a", 9), cancellationToken: Token);
        await cluster.IdleAsync(cancellationToken: Token);
        var letters = new List<DeadLetterEntry>();
        for (var i = 0; i < 16; i++)
        {
            letters.AddRange((await cluster.Client.Agent($"dead-letters/{i}").AskAsync(new DeadLetterList(), cancellationToken: Token)).Letters);
        }

        Assert.Equal(RefusalCodes.UnknownVersion, Assert.Single(letters).Code);
    }

    [Fact]
    public async Task Told_AndScheduled_ReachTheNewerClassInAMixedCluster()
    {
        await using var cluster = await StartAsync("old", "new");
        var passer = cluster.Client.Agent("quote-passer/a");
        foreach (var version in new[] { 1, 2, 1, 2 })
        {
            await passer.TellAsync(new PassQuote("quoter/told", version), cancellationToken: Token);
        }

        await passer.TellAsync(new PassQuote("quoter/told", 1, AfterMs: 20), cancellationToken: Token);
        await WaitForAsync(cluster, "quoter/told", 23);
    }

    [Fact]
    public async Task Event_OfAnOlderVersion_IsMadeANewerOneForItsSubscriber()
    {
        await using var cluster = await StartAsync("old", "new");
        await cluster.Client.Agent("quoter/s").AskAsync(new SubscribeTo("quotes"), cancellationToken: Token);
        await cluster.Client.Topic("quotes").PublishAsync(new Quote1("A"), cancellationToken: Token);
        await cluster.Client.Topic("quotes").PublishAsync(new Quote2("A", 10), cancellationToken: Token);
        await cluster.Client.Topic("quotes").PublishAsync(new Quote1("A"), cancellationToken: Token);
        await WaitForAsync(cluster, "quoter/s", 12);
    }

    [Fact]
    public async Task VolatileAgent_ThatMoved_KnowsWhatItHandled()
    {
        await using var cluster = await StartAsync("old", "new");
        for (var i = 0; i < 4; i++)
        {
            AgentId id = new("counter-of-quotes", $"{i}");
            var first = new SendOptions { Id = MessageId.New() };
            Assert.Equal(1, (await cluster.Client.Agent(id).AskAsync(new Quote1("A"), first, Token)).Price);
            await cluster.Client.Agent(id).AskAsync(new Quote2("A", 1), cancellationToken: Token);
            await UntilMovedAsync(cluster, id);
            var receipt = await cluster.Client.Agent(id).TellAsync(new Quote1("A"), first, Token);
            Assert.Equal(Outcome.Duplicate, receipt.Outcome);
            Assert.Equal(1, (await cluster.Client.Agent(id).AskAsync(new Quote1("A"), first, Token)).Price);
        }
    }

    /// <summary>Waits until the new silo alone has the agent: the activation that it left may take a moment to be gone.</summary>
    private static async Task UntilMovedAsync(AgentTestCluster cluster, AgentId agent)
    {
        while (cluster.FindSilo(agent)!.Number != 1)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Token);
        }
    }

    /// <summary>Sends with one id until it is answered; the versions drive the agent about meanwhile.</summary>
    private static async Task SendAsync<TMessage>(AgentTestCluster cluster, AgentId to, TMessage message)
        where TMessage : notnull
    {
        var envelope = Envelope.Create("client/test", to, message);
        while ((await cluster.Client.SendAsync(envelope, cancellationToken: Token)).Refusal is { } refusal)
        {
            Assert.Equal(RefusalCodes.Stopping, refusal.Code);
        }
    }

    private static async Task WaitForAsync(AgentTestCluster cluster, AgentId quoter, int total)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        var seen = 0;
        while (seen != total && !patience.IsCancellationRequested)
        {
            seen = (await cluster.Client.Agent(quoter).AskAsync(new ReadQuotes(), cancellationToken: Token)).Value;
        }

        Assert.Equal(total, seen);
    }

    private static Task<AgentTestCluster> StartAsync(params string[] labels) => AgentTestCluster.StartAsync(
        options =>
        {
            options.Silos = labels.Length;
            options.AddAgent<OldQuoterAgent>().AddAgent<NewQuoterAgent>().AddAgent<StrictQuoterAgent>().AddAgent<QuotePasserAgent>()
                .AddAgent<OldVolatileAgent>().AddAgent<NewVolatileAgent>()
                .ConfigureSilo((silo, number) => silo.Services.Configure<AgentOptions>(o => o.Labels.Add(labels[number])));
        },
        Token);
}
