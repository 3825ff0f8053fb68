using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrleansAgents.A2A;
using OrleansAgents.Agents;
using OrleansAgents.Hosting;
using OrleansAgents.Testing;

namespace OrleansAgents.Tests.A2A;

/// <summary>Two silos that may call one agent elsewhere, which does what a test tells it.</summary>
public sealed class RemoteCluster : IAsyncLifetime
{
    /// <summary>How many calls an agent may have under way.</summary>
    public const int MostCalls = 3;

    internal ScriptedAgent There { get; private set; } = null!;

    internal AgentTestCluster Cluster { get; private set; } = null!;

    public IAgentClient Client => Cluster.Client;

    public async ValueTask InitializeAsync()
    {
        There = await ScriptedAgent.StartAsync(CancellationToken.None);
        Cluster = await AgentTestCluster.StartAsync(options =>
        {
            options.Silos = 2;
            options.Patience = TimeSpan.FromSeconds(30);
            options.AddAgent<GossipAgent>().ConfigureSilo(silo => silo.AddRemoteAgents(remotes => remotes.Remotes["there"] = new RemoteOptions
            {
                Url = There.Address, Key = "secret", Retries = 1, FirstPause = TimeSpan.FromMilliseconds(20), BreakAfter = 1000, PollInterval = TimeSpan.FromMilliseconds(20), CardAge = TimeSpan.FromMilliseconds(1), MaxCalls = MostCalls,
            }));
            options.ConfigureAgents(agents =>
            {
                agents.Delivery.FirstDelay = TimeSpan.FromMilliseconds(1);
                agents.WakePeriod = TimeSpan.FromMilliseconds(20);
                agents.WakeAfter = TimeSpan.FromMilliseconds(300);
            });
        });
    }

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        await There.DisposeAsync();
    }

    /// <summary>An agent here for a test alone, and the agent elsewhere without a script.</summary>
    internal AgentId Begin(string test)
    {
        There.Reset();
        return RemoteAddress.Of("there", test);
    }

    /// <summary>How much an agent here has under way.</summary>
    internal async Task<int> CountAsync(AgentId agent, CancellationToken cancellationToken) => (await ReadAsync(agent, cancellationToken)).Count();

    /// <summary>Waits until an agent here has stored which task it has elsewhere.</summary>
    internal async Task KnowsTaskAsync(AgentId agent, CancellationToken cancellationToken)
    {
        while (!(await ReadAsync(agent, cancellationToken)).Any(call => call.GetProperty("task").ValueKind == JsonValueKind.String))
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private async Task<IEnumerable<JsonElement>> ReadAsync(AgentId agent, CancellationToken cancellationToken)
    {
        var record = await Cluster.Services.GetRequiredService<IAgentStore>().LoadAsync(agent, cancellationToken);
        return record?.State is { } state ? JsonElement.Parse(state.Span).GetProperty("calls").EnumerateObject().Select(call => call.Value) : [];
    }
}
