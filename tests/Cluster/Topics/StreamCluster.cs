using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using OrleansAgents.Agents;
using OrleansAgents.Hosting;
using OrleansAgents.Security;

namespace OrleansAgents.Tests.Topics;

/// <summary>One silo with a client.</summary>
internal sealed class StreamCluster(InProcessTestCluster cluster) : IAsyncDisposable
{
    public IClusterClient Orleans => cluster.Client;

    public IAgentClient Client => cluster.Client.ServiceProvider.GetRequiredService<IAgentClient>();

    /// <summary>Starts it on a store in memory, unless <paramref name="directory"/> names the place of one in a file.</summary>
    public static async Task<StreamCluster> StartAsync(string? directory = null, Action<ISiloBuilder>? configure = null)
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.UseSignatures(SignaturePolicy.None).AddAgents().AddAgentsFrom(typeof(StreamCluster).Assembly);
            if (directory is null)
            {
                silo.UseMemoryStorage();
            }
            else
            {
                silo.UseSqliteStorage(o => o.DataDirectory = directory);
            }

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
