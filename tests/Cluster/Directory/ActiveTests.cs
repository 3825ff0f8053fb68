using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using OrleansAgents.Agents;
using OrleansAgents.Directory;
using OrleansAgents.Testing;

namespace OrleansAgents.Tests.Directory;

public sealed class ActiveTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Active_OnThreeSilos_NamesEachAgentAndItsSilo()
    {
        await using var cluster = await StartAsync(silos: 3);
        await WakeAsync(cluster, 30);
        foreach (var client in new[] { cluster.Client, cluster.InsideClient(cluster.Silos[2]) })
        {
            var active = await client.ActiveAsync("vendor", cancellationToken: Token);
            Assert.Equal((30, 0), (active.Total, active.Missing.Count));
            Assert.Equal(Enumerable.Range(0, 30).Select(i => $"vendor/{i:00}"), active.Agents.Select(a => a.Agent));
            Assert.All(active.Agents, agent => Assert.Equal(AddressOf(cluster.FindSilo(agent.Agent)!), agent.Silo));
        }

        var few = await cluster.Client.ActiveAsync("vendor", limit: 7, cancellationToken: Token);
        Assert.Equal((7, 30, "vendor/06"), (few.Agents.Count, few.Total, few.Agents[^1].Agent));
        Assert.Contains((await cluster.Client.ActiveAsync(limit: 10_000, cancellationToken: Token)).Agents, agent => agent.Agent.StartsWith("silo/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Active_OfAnAgentThatStops_ListsItNoMore()
    {
        await using var cluster = await StartAsync();
        await WakeAsync(cluster, 2);
        await cluster.Client.Agent("vendor/00").StopAsync(Token);
        await ExpectAsync(cluster, ["vendor/01"]);
        await WakeAsync(cluster, 1);
        await ExpectAsync(cluster, ["vendor/00", "vendor/01"]);
    }

    [Fact]
    public async Task Active_WhenSilosGoAndCome_FollowsThem()
    {
        await using var cluster = await StartAsync(silos: 3);
        await WakeAsync(cluster, 30);
        var gone = cluster.Silos[1];
        var kept = Enumerable.Range(0, 30).Select(i => $"vendor/{i:00}").Where(agent => cluster.FindSilo(agent) != gone).ToArray();
        await cluster.KillSiloAsync(gone);
        await ExpectAsync(cluster, kept);

        var added = await cluster.StartSiloAsync();
        var silos = await Waits.UntilAsync(
            async () => (await cluster.Client.Agent("silo/any").AskAsync(new SiloList(), cancellationToken: Token)).Silos,
            seen => seen.Count == 3, Token);
        Assert.Equal(cluster.Silos.Select(AddressOf).Order(StringComparer.Ordinal), silos);
        // An agent of the new silo answers on it.
        var described = await cluster.Client.Agent(new AgentId("silo", AddressOf(added))).AskAsync(new SiloDescribe(), cancellationToken: Token);
        Assert.Equal(AddressOf(added), described.Silo);
        Assert.Same(added, cluster.FindSilo(new AgentId("silo", AddressOf(added))));
        Assert.Contains(described.Kinds, kind => kind is { Kind: "silo", Active: >= 1 });
        Assert.Equal(described.Total, described.Kinds.Sum(kind => kind.Active));
    }

    [Fact]
    public async Task Silo_ThatIsGoneOrNeverWas_IsRefusedAsGone()
    {
        await using var cluster = await StartAsync(silos: 2);
        var address = AddressOf(cluster.Silos[1]);
        Assert.Equal(address, (await cluster.Client.Agent(new AgentId("silo", address)).AskAsync(new SiloDescribe(), cancellationToken: Token)).Silo);
        await cluster.KillSiloAsync(cluster.Silos[1]);
        foreach (var key in new[] { address, "nonsense", SiloKind.Any })
        {
            var refused = await Assert.ThrowsAsync<AgentRefusedException>(async () =>
                await cluster.InsideClient().Agent(new AgentId("silo", key)).AskAsync(new SiloAgents(), cancellationToken: Token));
            Assert.Equal(SiloKind.Gone, refused.Code);
        }
    }

    [Fact]
    public async Task Agents_PageBehindPage_GivesEachOnce()
    {
        await using var cluster = await StartAsync();
        await WakeAsync(cluster, 25);
        var silo = cluster.Client.Agent(new AgentId("silo", AddressOf(cluster.Silos[0])));
        var found = new List<string>();
        SiloPage page;
        do
        {
            page = await silo.AskAsync(new SiloAgents("vendor", After: found.Count == 0 ? null : found[^1], Limit: 10), cancellationToken: Token);
            found.AddRange(page.Agents);
        }
        while (page.Agents.Count > 0);
        Assert.Equal(Enumerable.Range(0, 25).Select(i => $"vendor/{i:00}"), found);
        Assert.Equal(10, (await silo.AskAsync(new SiloAgents("vendor", Prefix: "1"), cancellationToken: Token)).Total);
        await Assert.ThrowsAsync<AgentRefusedException>(async () => await silo.AskAsync(new SiloAgents(Limit: 0), cancellationToken: Token));
        await Assert.ThrowsAsync<AgentRefusedException>(async () => await silo.AskAsync(new SiloAgents(After: "x"), cancellationToken: Token));
    }

    private static async Task ExpectAsync(AgentTestCluster cluster, string[] expected)
    {
        var active = await Waits.UntilAsync(
            () => cluster.InsideClient().ActiveAsync("vendor", cancellationToken: Token),
            seen => seen.Agents.Select(a => a.Agent).SequenceEqual(expected, StringComparer.Ordinal), Token);
        Assert.Equal(expected, active.Agents.Select(a => a.Agent));
        Assert.Empty(active.Missing);
    }

    private static async Task WakeAsync(AgentTestCluster cluster, int agents) => await Parallel.ForAsync(
        0, agents, Token, async (i, token) => await cluster.Client.Agent($"vendor/{i:00}").AskAsync(new Knock(), cancellationToken: token));

    private static string AddressOf(TestSilo silo) => silo.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress.ToParsableString();

    private static Task<AgentTestCluster> StartAsync(int silos = 1) => AgentTestCluster.StartAsync(
        options =>
        {
            options.Silos = silos;
            options.AddAgent<VendorAgent>();
        },
        Token);
}
