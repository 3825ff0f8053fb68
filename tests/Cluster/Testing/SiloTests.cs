using Microsoft.Extensions.Time.Testing;
using OrleansAgents.Agents;
using OrleansAgents.Hosting;
using OrleansAgents.Memory;
using OrleansAgents.Messaging;
using OrleansAgents.Testing;
using OrleansAgents.Testing.Faults;
using OrleansAgents.Tests.Agents;

namespace OrleansAgents.Tests.Testing;

public sealed class SiloTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task KillSilo_WithADurableAgent_BringsItBackElsewhere()
    {
        await using var cluster = await StartAsync(2);
        var account = cluster.Client.Agent("account/a");
        await account.AskAsync(new Add(3), cancellationToken: Token);
        var first = cluster.FindSilo("account/a")!;
        await cluster.KillSiloAsync(first);
        Assert.False(first.IsActive);
        Assert.Equal(7, (await account.AskAsync(new Add(4), cancellationToken: Token)).Value);
        Assert.Same(Assert.Single(cluster.Silos), cluster.FindSilo("account/a"));
    }

    [Fact]
    public async Task KillSilo_WhileAHandlerRuns_RunsTheRepeatElsewhere()
    {
        await using var cluster = await StartAsync(2);
        var greeter = cluster.Client.Agent("greeter/kill");
        var ask = greeter.AskAsync(new Agents.Hold("kill"), cancellationToken: Token).AsTask();
        await Gates.Entered("kill").Task.WaitAsync(Token);
        await cluster.KillSiloAsync(cluster.FindSilo("greeter/kill")!);
        Gates.Open("kill").SetResult();
        Assert.Equal(1, (await ask).Value);
        Assert.Same(Assert.Single(cluster.Silos), cluster.FindSilo("greeter/kill"));
    }

    [Fact]
    public async Task StopSilo_ThenStartSilo_KeepsStateAndServesFromTheNewOne()
    {
        await using var cluster = await StartAsync(1);
        await cluster.Client.Agent("account/a").AskAsync(new Add(3), cancellationToken: Token);
        var second = await cluster.StartSiloAsync();
        Assert.Equal(2, cluster.Silos.Count);
        await cluster.StopSiloAsync(cluster.Silos[0]);
        Assert.Equal(3, (await cluster.InsideClient(second).Agent("account/a").AskAsync(new Read(), cancellationToken: Token)).Value);
    }

    [Fact]
    public async Task Restart_WhileAHandlerRuns_LosesWhatWasNotCommitted()
    {
        await using var cluster = await StartAsync(1);
        var greeter = cluster.Client.Agent("greeter/crash");
        var ask = greeter.AskAsync(new Agents.Hold("crash"), cancellationToken: Token).AsTask();
        await Gates.Entered("crash").Task.WaitAsync(Token);
        await cluster.RestartAgentAsync("greeter/crash");
        Gates.Open("crash").SetResult();
        // The asker learned of nothing: its repeat ran in the next activation.
        Assert.Equal(1, (await ask).Value);
    }

    [Fact]
    public async Task Restart_OfADurableAgent_KeepsItsState()
    {
        await using var cluster = await StartAsync(1);
        await cluster.Client.Agent("account/a").AskAsync(new Add(3), cancellationToken: Token);
        await cluster.RestartAgentAsync("account/a");
        Assert.Null(cluster.FindSilo("account/a"));
        Assert.Equal(3, (await cluster.Client.Agent("account/a").AskAsync(new Read(), cancellationToken: Token)).Value);
    }

    [Fact]
    public async Task Cut_BetweenTwoSilos_LosesMessagesUntilItHeals()
    {
        await using var cluster = await StartAsync(2);
        var here = await PlaceAsync(cluster, cluster.Silos[0]);
        var there = await PlaceAsync(cluster, cluster.Silos[1]);
        cluster.Cut(cluster.Silos[0], cluster.Silos[1]);
        await Assert.ThrowsAsync<AgentTimeoutException>(async () => await cluster.Client.Agent(here).AskAsync(
            new AskOn([there.ToString()]), new SendOptions { Timeout = TimeSpan.FromMilliseconds(300) }, Token));
        Assert.Equal(2, cluster.Silos.Count(s => s.IsActive));
        cluster.Heal();
        Assert.Equal($"{there} is the end", (await cluster.Client.Agent(here).AskAsync(new AskOn([there.ToString()]), cancellationToken: Token)).Text);
    }

    [Fact]
    public async Task Time_Controlled_PassesOnlyWhenAdvanced()
    {
        var time = new FakeTimeProvider();
        await using var cluster = await StartAsync(1, options => options.Time = time);
        var ask = cluster.Client.Agent("greeter/time").AskAsync(new Agents.Hold("time"), new SendOptions { Timeout = TimeSpan.FromHours(1) }, Token).AsTask();
        await Gates.Entered("time").Task.WaitAsync(Token);
        time.Advance(TimeSpan.FromMinutes(59));
        Assert.False(ask.IsCompleted);
        time.Advance(TimeSpan.FromMinutes(2));
        await Assert.ThrowsAsync<AgentTimeoutException>(() => ask);
    }

    [Fact]
    public async Task Store_OfTheTest_HoldsWhatAgentsCommit()
    {
        var store = new MemoryAgentStore();
        await using var cluster = await StartAsync(1, options => options.Store = store);
        await cluster.Client.Agent("account/a").AskAsync(new Add(3), cancellationToken: Token);
        var record = await store.LoadAsync("account/a", Token);
        Assert.Equal("""{"total":3}""", System.Text.Encoding.UTF8.GetString(record!.State!.Value.Span));
    }

    [Fact]
    public async Task Store_ThatTheSiloChose_SeesTheFaultsToo()
    {
        var folder = System.IO.Directory.CreateTempSubdirectory("agents-testing-");
        try
        {
            var faults = new FaultPlan(1);
            faults.Commits("account/*").FailAfter(When.Number(1));
            await using var cluster = await StartAsync(1, options =>
            {
                options.Faults = faults;
                options.ConfigureSilo(silo => silo.UseSqliteStorage(sqlite => sqlite.DataDirectory = folder.FullName));
            });
            Assert.Equal(3, (await cluster.Client.Agent("account/a").AskAsync(new Add(3), cancellationToken: Token)).Value);
            Assert.Single(faults.Injected);
            Assert.NotEmpty(folder.GetFiles());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Options_OutOfRange_AreRefusedWithTheRemedy() =>
        Assert.Contains("Silos must be 1 or more", (await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(0))).Message, StringComparison.Ordinal);

    private static async Task<AgentId> PlaceAsync(AgentTestCluster cluster, TestSilo silo)
    {
        for (var i = 0; ; i++)
        {
            var id = new AgentId("greeter", $"placed-{i}");
            await cluster.Client.Agent(id).AskAsync(new Greet("you"), cancellationToken: Token);
            if (cluster.FindSilo(id) == silo)
            {
                return id;
            }
        }
    }

    private static Task<AgentTestCluster> StartAsync(int silos, Action<AgentTestClusterOptions>? configure = null) => AgentTestCluster.StartAsync(
        options =>
        {
            options.Silos = silos;
            options.AddAgent<AccountAgent>().AddAgent<GreeterAgent>();
            configure?.Invoke(options);
        },
        Token);
}
