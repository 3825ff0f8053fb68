using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using OrleansAgents.Agents;
using OrleansAgents.Hosting;
using OrleansAgents.Memory;

namespace OrleansAgents.Tests.Topics;

/// <summary>One silo with a client, on a store that may have been another silo's before.</summary>
internal sealed class StreamCluster(InProcessTestCluster cluster) : IAsyncDisposable
{
    public IClusterClient Orleans => cluster.Client;

    public IAgentClient Client => cluster.Client.ServiceProvider.GetRequiredService<IAgentClient>();

    public static async Task<StreamCluster> StartAsync(MemoryAgentStore store, Action<ISiloBuilder>? configure = null)
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddAgents().UseMemoryStorage(store).AddAgentsFrom(typeof(StreamCluster).Assembly);
            configure?.Invoke(silo);
        });
        builder.ConfigureClient(client => client.AddTopicStreams().Services.AddAgentClient(o => o.Sender = "client/test"));
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new StreamCluster(cluster);
    }

    public async ValueTask DisposeAsync()
    {
        await cluster.StopAllSilosAsync();
        await cluster.DisposeAsync();
    }
}
