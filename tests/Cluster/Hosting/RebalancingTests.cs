using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using OrleansAgents.Agents;
using OrleansAgents.Hosting;
using OrleansAgents.Testing;
using OrleansAgents.Tests.Agents;

namespace OrleansAgents.Tests.Hosting;

public sealed class RebalancingTests
{
    private const int Agents = 120;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Silos_ThatJoin_GetAgentsAndNoAskFails()
    {
        await using var cluster = await AgentTestCluster.StartAsync(
            options =>
            {
                options.AddAgent<AccountAgent>().AddAgent<GreeterAgent>();
                options.ConfigureSilo(silo =>
                {
                    silo.AddAgentRebalancing().AddAgentRebalancing(o =>
                    {
                        o.RebalancerDueTime = TimeSpan.FromMilliseconds(500);
                        o.SessionCyclePeriod = TimeSpan.FromMilliseconds(400);
                        o.CycleNumberWeight = 1;
                        o.SiloNumberWeight = 0;
                    });
                    silo.Services.Configure<DeploymentLoadPublisherOptions>(o => o.DeploymentLoadPublisherRefreshTime = TimeSpan.FromMilliseconds(200));
                });
            },
            Token);
        var asked = new int[Agents];
        await Parallel.ForAsync(0, Agents, Token, async (i, _) => asked[i] = await AskAsync(cluster, i));
        using var spread = new CancellationTokenSource();
        var load = Enumerable.Range(0, 4).Select(worker => LoadAsync(cluster, asked, worker, spread.Token)).ToArray();
        await cluster.StartSiloAsync();
        await cluster.StartSiloAsync();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        while (CountElsewhere(cluster) < Agents / 4 && !patience.IsCancellationRequested && !load.Any(l => l.IsFaulted))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, CancellationToken.None);
        }

        await spread.CancelAsync();
        await Task.WhenAll(load);
        Assert.InRange(CountElsewhere(cluster), Agents / 4, Agents);
        // Every ask was answered, and had its effect once.
        for (var i = 0; i < Agents; i++)
        {
            Assert.Equal(asked[i], (await cluster.Client.Agent($"account/{i}").AskAsync(new Read(), cancellationToken: Token)).Value);
        }
    }

    private static async Task LoadAsync(AgentTestCluster cluster, int[] asked, int worker, CancellationToken end)
    {
        for (var i = worker; !end.IsCancellationRequested; i = (i + 4) % Agents)
        {
            asked[i] += await AskAsync(cluster, i);
        }
    }

    private static async Task<int> AskAsync(AgentTestCluster cluster, int agent)
    {
        await cluster.Client.Agent($"account/{agent}").AskAsync(new Add(1), cancellationToken: Token);
        await cluster.Client.Agent($"greeter/{agent}").AskAsync(new Greet("you"), cancellationToken: Token);
        return 1;
    }

    private static int CountElsewhere(AgentTestCluster cluster) =>
        Enumerable.Range(0, Agents).Count(i => cluster.FindSilo($"account/{i}") is { Number: > 0 });
}
