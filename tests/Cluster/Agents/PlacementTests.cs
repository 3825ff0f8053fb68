using Microsoft.Extensions.DependencyInjection;
using OrleansAgents.Agents;
using OrleansAgents.Hosting;
using OrleansAgents.Messaging;
using OrleansAgents.Testing;
using OrleansAgents.Topics;

namespace OrleansAgents.Tests.Agents;

public sealed class PlacementTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Label_OnOneSiloOfThree_HostsTheKindThereOnly()
    {
        await using var cluster = await StartAsync();
        for (var i = 0; i < 12; i++)
        {
            await cluster.Client.Agent($"gpu/{i}").AskAsync(new Add(1), cancellationToken: Token);
            Assert.Equal(1, cluster.FindSilo($"gpu/{i}")!.Number);
        }

        Assert.Contains(cluster.Client.Kinds, k => k.Kind == "gpu");
        Assert.All(cluster.Silos, silo => Assert.Contains(silo.Client.Kinds, k => k.Kind == "gpu"));
    }

    [Fact]
    public async Task Ask_OfAKindWhoseOnlySiloIsGone_IsRefusedInPassing()
    {
        await using var cluster = await StartAsync();
        await cluster.Client.Agent("gpu/a").AskAsync(new Add(1), cancellationToken: Token);
        await cluster.KillSiloAsync(cluster.Silos[1]);
        foreach (var client in new[] { cluster.Client, cluster.InsideClient() })
        {
            // One handle that knows the kind from before, and one that does not.
            foreach (var agent in new[] { client.Agent("gpu/a"), client.Agent("gpu/b") })
            {
                var refused = await Assert.ThrowsAsync<AgentRefusedException>(async () =>
                    await agent.AskAsync(new Add(1), cancellationToken: Token));
                Assert.Equal(RefusalCodes.NoHost, refused.Code);
                Assert.Contains("No silo hosts the kind 'gpu' now", refused.Message, StringComparison.Ordinal);
                Assert.True(RefusalCodes.IsTransient(refused.Code));
            }
        }
    }

    [Fact]
    public async Task Tell_ToAKindWhoseOnlySiloIsGone_ArrivesOnceItIsBack()
    {
        await using var cluster = await StartAsync();
        await cluster.Client.Agent("gpu/a").AskAsync(new Add(1), cancellationToken: Token);
        await cluster.KillSiloAsync(cluster.Silos[1]);
        await cluster.Client.Agent("boss/a").TellAsync(new Assign("gpu/a", "account/doomed"), cancellationToken: Token);
        // Once the other message was given up on, this one was tried as often, and is still there.
        var store = cluster.Services.GetRequiredService<IAgentStore>();
        await WaitForAsync(async () => (await store.LoadAsync("boss/a", Token))!.Outgoing.All(m => m.Envelope.Recipient.Kind == "gpu"));
        Assert.Single((await store.LoadAsync("boss/a", Token))!.Outgoing);
        Assert.Equal(3, (await cluster.StartSiloAsync()).Number);
        await WaitForAsync(async () => (await cluster.Client.Agent("gpu/a").AskAsync(new Read(), cancellationToken: Token)).Value == 6);
    }

    [Fact]
    public async Task Event_ForASubscriberWhoseOnlySiloIsGone_ArrivesOnceItIsBack()
    {
        await using var cluster = await StartAsync();
        await cluster.Client.Agent("gpu/s").AskAsync(new SubscribeTo("work"), cancellationToken: Token);
        await cluster.KillSiloAsync(cluster.Silos[1]);
        for (var i = 0; i < 3; i++)
        {
            Assert.True((await cluster.Client.Topic("work").PublishAsync(new Add(2), cancellationToken: Token)).IsAccepted);
        }

        await cluster.StartSiloAsync();
        await WaitForAsync(async () => (await cluster.Client.Agent("gpu/s").AskAsync(new Read(), cancellationToken: Token)).Value == 6);
    }

    [Fact]
    public async Task PreferLocal_FromWithinASilo_StartsTheAgentThere()
    {
        await using var cluster = await StartAsync();
        foreach (var silo in cluster.Silos)
        {
            for (var i = 0; i < 4; i++)
            {
                var id = new AgentId("near", $"{silo.Number}-{i}");
                await silo.Client.Agent(id).AskAsync(new Add(1), cancellationToken: Token);
                Assert.Same(silo, cluster.FindSilo(id));
            }
        }
    }

    [Fact]
    public async Task Labels_WithATextThatIsNone_StopTheStartAndSayWhichSetting() => Assert.Contains(
        "AgentOptions.Labels",
        (await Assert.ThrowsAnyAsync<Exception>(() => AgentTestCluster.StartAsync(o => o.ConfigureAgents(a => a.Labels.Add("GPU 1")), Token))).ToString(),
        StringComparison.Ordinal);

    [Fact]
    public async Task TwoClasses_OfOneKindOnOneSilo_StopTheStart() => Assert.Contains(
        "claim the kind 'gpu' on one silo",
        (await Assert.ThrowsAnyAsync<Exception>(() => AgentTestCluster.StartAsync(
            o => o.AddAgent<GpuAgent>().AddAgent<OtherGpuAgent>().ConfigureAgents(a => a.Labels.Add("gpu")), Token))).ToString(),
        StringComparison.Ordinal);

    [Fact]
    public async Task Class_OfAKindOfThePlatform_StopsTheStartAndAsksForAnotherName() => Assert.Contains(
        "which is the platform's own",
        (await Assert.ThrowsAnyAsync<Exception>(() => AgentTestCluster.StartAsync(o => o.AddAgent<OwnRouterAgent>().ConfigureAgents(a => a.Labels.Add("own")), Token))).ToString(),
        StringComparison.Ordinal);

    private static async Task WaitForAsync(Func<Task<bool>> condition)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            try
            {
                if (await condition())
                {
                    return;
                }
            }
            catch (AgentRefusedException e) when (e.Code == RefusalCodes.NoHost)
            {
                // Clients learn of a new silo a little later than it is there.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
        }
    }

    private static Task<AgentTestCluster> StartAsync() => AgentTestCluster.StartAsync(
        options =>
        {
            options.Silos = 3;
            options.AddAgent<AccountAgent>().AddAgent<GpuAgent>().AddAgent<NearAgent>().AddAgent<BossAgent>()
                .ConfigureAgents(agents => (agents.Delivery.MaxRetries, agents.Delivery.FirstDelay, agents.Delivery.LongestDelay) =
                    (2, TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(50)))
                .ConfigureSilo((silo, number) => silo.Services.Configure<AgentOptions>(o =>
                {
                    if (number is 1 or > 2)
                    {
                        o.Labels.Add("gpu");
                    }
                }));
        },
        Token);
}

[Contract("test.subscribe-to")]
public sealed record SubscribeTo(string Topic) : IRequest<Total>;

[Contract("test.assign")]
public sealed record Assign(string To, string Doomed);

[Agent("boss")]
internal sealed class BossAgent : Agent<AccountState>, IHandle<Assign>
{
    public ValueTask HandleAsync(Assign message, AgentContext context, CancellationToken cancellationToken)
    {
        context.Tell(message.To, new Add(5));
        context.Tell(message.Doomed, new Add(1, Fail: true));
        return default;
    }
}

[Agent("gpu", Label = "gpu", Placement = AgentPlacement.FewestActive)]
internal sealed class GpuAgent : Agent<AccountState>, IHandle<Add, Total>, IHandle<Read, Total>, IHandle<SubscribeTo, Total>
{
    public ValueTask<Total> HandleAsync(Add request, AgentContext context, CancellationToken cancellationToken) =>
        new(new Total(State.Total += request.Amount));

    public ValueTask<Total> HandleAsync(Read request, AgentContext context, CancellationToken cancellationToken) =>
        new(new Total(State.Total));

    public async ValueTask<Total> HandleAsync(SubscribeTo request, AgentContext context, CancellationToken cancellationToken)
    {
        await context.SubscribeAsync(new TopicId(request.Topic), cancellationToken);
        return new Total(0);
    }
}

[Agent("gpu", Label = "gpu")]
internal sealed class OtherGpuAgent : Agent;

[Agent("near", Placement = AgentPlacement.PreferLocal)]
internal sealed class NearAgent : Agent, IHandle<Add, Total>
{
    public ValueTask<Total> HandleAsync(Add request, AgentContext context, CancellationToken cancellationToken) => new(new Total(request.Amount));
}

[Agent("router", Label = "own")]
internal sealed class OwnRouterAgent : Agent;
