using Microsoft.Extensions.DependencyInjection;
using OrleansAgents.Agents;
using OrleansAgents.Directory;
using OrleansAgents.Hosting;
using OrleansAgents.Messaging;
using OrleansAgents.Security;
using OrleansAgents.Testing;
using OrleansAgents.Testing.Faults;

namespace OrleansAgents.Tests.Directory;

public sealed class DirectoryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Find_AfterARegistration_FindsItFromEverySiloOutsideAndWithinATurn()
    {
        await using var cluster = await StartAsync(silos: 3);
        await TellAsync(cluster, "vendor/1", new Offer(["quote", "sell"], ["eu"], "Sells to all."));
        foreach (var client in cluster.Silos.Select(silo => silo.Client).Append(cluster.Client))
        {
            var found = await FindAsync(client, "quote", "vendor/1");
            var entry = found.Agents[0];
            Assert.Equal(("vendor", "Sells to all."), (entry.Kind, entry.Description));
            Assert.Equal(["quote", "sell"], entry.Capabilities);
            Assert.Equal(["eu"], entry.Tags);
            Assert.Empty(found.Kinds);
            Assert.Equal((1, 0), (found.Total, found.Missing.Count));
        }

        var within = await cluster.Client.Agent("vendor/looker").AskAsync(new Look("sell"), cancellationToken: Token);
        Assert.Equal("vendor/1", Assert.Single(within.Agents).Agent);
        Assert.Equal("vendor", Assert.Single(within.Kinds).Kind);
        Assert.Empty((await cluster.Client.FindAsync("quote", ["us"], cancellationToken: Token)).Agents);
        Assert.Empty((await cluster.Client.FindAsync("quote", kind: "hawker", cancellationToken: Token)).Agents);
    }

    [Fact]
    public async Task Register_Again_ReplacesAndUnregisterEnds()
    {
        await using var cluster = await StartAsync();
        await TellAsync(cluster, "vendor/1", new Offer(["quote"], ["eu"]));
        await TellAsync(cluster, "vendor/1", new Offer(["price"]));
        await FindAsync(cluster.Client, "price", "vendor/1");
        Assert.Empty((await cluster.Client.FindAsync("quote", cancellationToken: Token)).Agents);
        var store = cluster.Services.GetService(typeof(IAgentStore)) as IAgentStore;
        Assert.Single((await store!.LoadAsync(DirectoryAddress.For("vendor/1"), Token))!.Outgoing);

        await TellAsync(cluster, "vendor/1", new Withdraw());
        await FindAsync(cluster.Client, "price");
        await cluster.RestartAgentAsync(DirectoryAddress.For("vendor/1"));
        Assert.Empty((await cluster.Client.FindAsync("price", cancellationToken: Token)).Agents);
        Assert.Empty((await store.LoadAsync(DirectoryAddress.For("vendor/1"), Token))!.Outgoing);
    }

    [Fact]
    public async Task Register_InATurnThatFails_IsNotRegistered()
    {
        await using var cluster = await StartAsync();
        var receipt = await cluster.Client.Agent("vendor/1").TellAsync(new Offer(["quote"], Fail: true), cancellationToken: Token);
        Assert.Equal("vendor.no", receipt.Refusal?.Code);
        await TellAsync(cluster, "vendor/2", new Offer(["quote"]));
        await FindAsync(cluster.Client, "quote", "vendor/2");
    }

    [Fact]
    public async Task Register_OfAFaultyName_FailsTheTurn()
    {
        await using var cluster = await StartAsync();
        var receipt = await cluster.Client.Agent("vendor/1").TellAsync(new Offer(["Not a name"]), cancellationToken: Token);
        Assert.Equal(Outcome.Failed, receipt.Outcome);
    }

    [Fact]
    public async Task Registration_AfterItsShardAndASiloWereKilled_IsFoundStill()
    {
        await using var cluster = await StartAsync(silos: 3);
        string[] agents = [.. Enumerable.Range(0, 40).Select(i => $"vendor/{i:00}")];
        await Parallel.ForEachAsync(agents, Token, async (agent, _) => await TellAsync(cluster, agent, new Offer(["quote"])));
        await FindAsync(cluster.Client, "quote", agents);
        foreach (var shard in DirectoryAddress.All.Take(8))
        {
            await cluster.RestartAgentAsync(shard);
        }

        await FindAsync(cluster.Client, "quote", agents);
        await cluster.KillSiloAsync(cluster.Silos[2]);
        await cluster.StopSiloAsync(cluster.Silos[1]);
        await FindAsync(cluster.Client, "quote", agents);
    }

    [Fact]
    public async Task Find_OfAKindWhoseSiloGoesAndComes_FollowsIt()
    {
        await using var cluster = await StartAsync(silos: 2);
        await TellAsync(cluster, "hawker/1", new Offer(["quote"]));
        var inside = cluster.InsideClient();
        await FindAsync(inside, "quote", "hawker/1");
        Assert.Equal("hawker", Assert.Single((await inside.FindAsync("shout", cancellationToken: Token)).Kinds).Kind);

        await cluster.KillSiloAsync(cluster.Silos[1]);
        await FindAsync(inside, "quote");
        Assert.Empty((await inside.FindAsync("shout", cancellationToken: Token)).Kinds);

        await cluster.StartSiloAsync();
        await FindAsync(inside, "quote", "hawker/1");
        Assert.Single((await inside.FindAsync("shout", cancellationToken: Token)).Kinds);
    }

    [Fact]
    public async Task Registration_FromWhoIsNoAgentOrToAnotherShard_IsRefused()
    {
        await using var cluster = await StartAsync();
        Assert.Equal("directory.not-an-agent", await RefusalAsync("client/x", DirectoryAddress.For("client/x")));
        Assert.Equal("directory.not-an-agent", await RefusalAsync("client/x", DirectoryAddress.For("client/x"), new Unregistration()));
        var other = DirectoryAddress.All.First(shard => shard != DirectoryAddress.For("vendor/1"));
        Assert.Equal("directory.wrong-shard", await RefusalAsync("vendor/1", other));
        Assert.Equal(RefusalCodes.InvalidPayload, await RefusalAsync("vendor/1", DirectoryAddress.For("vendor/1"), new Registration([])));
        Assert.Null(await RefusalAsync("vendor/1", DirectoryAddress.For("vendor/1")));
        await FindAsync(cluster.Client, "quote", "vendor/1");

        async Task<string?> RefusalAsync(AgentId sender, AgentId shard, object? message = null) => (await cluster.Client.SendAsync(
            Envelope.Create(sender, shard, message ?? new Registration(["quote"])), cancellationToken: Token)).Refusal?.Code;
    }

    [Fact]
    public async Task Rules_AboutTheDirectory_HoldAsForAnyMessage()
    {
        await using var cluster = await AgentTestCluster.StartAsync(
            options => options.AddAgent<VendorAgent>().ConfigureSilo(silo => silo.UseAccessRules(access =>
            {
                access.Rules.Add(new AccessRule { From = "client/test", Send = "test.*", To = "vendor/*" });
                access.Rules.Add(new AccessRule { From = "vendor/bad", Send = "directory.register", To = "directory/*", Deny = true });
            })),
            Token);
        await TellAsync(cluster, "vendor/bad", new Offer(["quote"]));
        await TellAsync(cluster, "vendor/good", new Offer(["quote"]));
        var looker = cluster.Client.Agent("vendor/looker");
        var found = await Waits.UntilAsync(() => looker.AskAsync(new Look("quote"), cancellationToken: Token), seen => seen.Total > 0, Token);
        await cluster.IdleAsync(cancellationToken: Token);
        Assert.Equal("vendor/good", Assert.Single((await looker.AskAsync(new Look("quote"), cancellationToken: Token)).Agents).Agent);
        Assert.Empty(found.Missing);
        var refused = await Assert.ThrowsAsync<AgentRefusedException>(async () => await cluster.Client.FindAsync("quote", cancellationToken: Token));
        Assert.Equal(RefusalCodes.NotAllowed, refused.Code);
    }

    [Fact]
    public async Task Find_WhereAShardDoesNotAnswer_NamesItAndGivesTheRest()
    {
        var faults = new FaultPlan(1);
        var shard = DirectoryAddress.For("vendor/1");
        faults.Link(to: shard.ToString()).DropRequest(When.Always);
        faults.Pause();
        await using var cluster = await StartAsync(faults: faults);
        await TellAsync(cluster, "vendor/1", new Offer(["quote"]));
        string other = Enumerable.Range(2, 100).Select(i => $"vendor/{i}").First(agent => DirectoryAddress.For(agent) != shard);
        await TellAsync(cluster, other, new Offer(["quote"]));
        await FindAsync(cluster.Client, "quote", [.. new[] { "vendor/1", other }.Order(StringComparer.Ordinal)]);

        faults.Resume();
        foreach (var client in new[] { cluster.Client, cluster.InsideClient() })
        {
            var found = await client.FindAsync("quote", within: TimeSpan.FromMilliseconds(500), cancellationToken: Token);
            Assert.Equal(shard.ToString(), Assert.Single(found.Missing).Agent);
            Assert.Equal(other, Assert.Single(found.Agents).Agent);
            Assert.Equal(1, found.Total);
        }
    }

    private static async Task TellAsync<TMessage>(AgentTestCluster cluster, AgentId agent, TMessage message)
        where TMessage : notnull
    {
        var receipt = await cluster.Client.Agent(agent).TellAsync(message, cancellationToken: Token);
        Assert.True(receipt.IsAccepted, receipt.Refusal?.Message);
    }

    private static async Task<FoundAgents> FindAsync(IAgentClient client, string capability, params string[] expected)
    {
        var found = await Waits.UntilAsync(
            () => client.FindAsync(capability, cancellationToken: Token),
            seen => seen.Missing.Count == 0 && seen.Agents.Select(a => a.Agent).SequenceEqual(expected, StringComparer.Ordinal), Token);
        Assert.Equal(expected, found.Agents.Select(a => a.Agent));
        Assert.Empty(found.Missing);
        return found;
    }

    private static Task<AgentTestCluster> StartAsync(int silos = 1, FaultPlan? faults = null) => AgentTestCluster.StartAsync(
        options =>
        {
            (options.Silos, options.Faults) = (silos, faults);
            options.AddAgent<VendorAgent>().AddAgent<HawkerAgent>().ConfigureSilo((silo, number) => silo.Services.Configure<AgentOptions>(o =>
            {
                if (number > 0)
                {
                    o.Labels.Add("street");
                }
            }));
        },
        Token);
}
