using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using OrleansAgents.Agents;
using OrleansAgents.Hosting;
using OrleansAgents.Memory;
using OrleansAgents.Security;

[assembly: AssemblyFixture(typeof(OrleansAgents.Tests.AgentCluster))]

namespace OrleansAgents.Tests;

/// <summary>One cluster of two silos for all tests, each with the client in its process, and an outside client.</summary>
public sealed class AgentCluster : IAsyncLifetime
{
    private InProcessTestCluster? _cluster;

    public InProcessTestCluster Cluster => _cluster!;

    public MemoryAgentStore Store { get; } = new();

    /// <summary>A client outside the silos: everything it sends crosses the serializer.</summary>
    public IAgentClient Outside => Cluster.Client.ServiceProvider.GetRequiredService<IAgentClient>();

    /// <summary>A client in a silo's own process.</summary>
    public IAgentClient Inside => Cluster.Silos[0].ServiceProvider.GetRequiredService<IAgentClient>();

    public async ValueTask InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(2);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.UseSignatures(SignaturePolicy.None).AddAgents(o => o.QueueLength = 100).UseMemoryStorage(Store).AddAgentsFrom(typeof(AgentCluster).Assembly);
            silo.Services.AddAgentClient();
        });
        builder.ConfigureClient(client => client.Services.AddAgentClient(o => o.Sender = "client/test"));
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.StopAllSilosAsync();
            await _cluster.DisposeAsync();
        }
    }
}
