using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using OrleansAgents.Agents;
using OrleansAgents.Audit;
using OrleansAgents.Hosting;
using OrleansAgents.Memory;
using OrleansAgents.Security;
using OrleansAgents.Topics;

namespace OrleansAgents.Tests;

/// <summary>One silo that repeats quickly and gives up soon, on a store that commits when a test lets it.</summary>
public sealed class DurableCluster : IAsyncLifetime
{
    private readonly MemoryAgentStore _memory = new();
    private InProcessTestCluster? _cluster;

    public DurableCluster() => Store = new HeldStore(_memory);

    public HeldStore Store { get; }

    public IAgentClient Client => _cluster!.Client.ServiceProvider.GetRequiredService<IAgentClient>();

    public async ValueTask InitializeAsync() => await StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _cluster!.StopAllSilosAsync();
        await _cluster.DisposeAsync();
    }

    /// <summary>Kills the silo and starts another on the same store.</summary>
    public async Task RestartAsync()
    {
        await _cluster!.KillSiloAsync(_cluster.Silos[0]);
        await _cluster.DisposeAsync();
        await StartAsync();
    }

    private async Task StartAsync()
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.UseSignatures(SignaturePolicy.None).AddAgents(options =>
            {
                options.Delivery.MaxRetries = 2;
                options.Delivery.FirstDelay = TimeSpan.FromMilliseconds(1);
                options.StopPatience = TimeSpan.FromMilliseconds(100);
                options.WakePeriod = TimeSpan.FromMilliseconds(20);
            }).AddAgentsFrom(typeof(DurableCluster).Assembly);
            silo.Services.AddSingleton<IAgentStore>(Store);
            silo.Services.AddSingleton<ITopicLog>(_memory);
        });
        builder.ConfigureClient(client => client.Services.AddAgentClient(o => o.Sender = "client/test"));
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }
}

/// <summary>A store whose commits of one agent can be held back or fail.</summary>
public sealed class HeldStore(MemoryAgentStore store) : IAgentStore
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<AgentId, HeldCommits> _holds = new();

    /// <summary>From now on commits of the agent wait for the answer's <see cref="HeldCommits.Open"/>.</summary>
    public HeldCommits HoldCommits(AgentId agent) => _holds[agent] = new HeldCommits();

    public ValueTask<AgentRecord?> LoadAsync(AgentId agent, CancellationToken cancellationToken) => store.LoadAsync(agent, cancellationToken);

    public async ValueTask CommitAsync(AgentId agent, AgentCommit commit, CancellationToken cancellationToken)
    {
        if (_holds.TryGetValue(agent, out var hold))
        {
            hold.Reached.TrySetResult();
            await hold.Opened.Task;
        }

        await store.CommitAsync(agent, commit, cancellationToken);
    }

    public ValueTask<IReadOnlyList<AgentId>> ReadDueAsync(DateTimeOffset until, int limit, CancellationToken cancellationToken) =>
        store.ReadDueAsync(until, limit, cancellationToken);

    public ValueTask<IReadOnlyList<AuditEntry>> ReadAuditAsync(AgentId agent, long after, int limit, CancellationToken cancellationToken) =>
        store.ReadAuditAsync(agent, after, limit, cancellationToken);
}

/// <summary>Commits that wait.</summary>
public sealed class HeldCommits
{
    /// <summary>A commit came.</summary>
    public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal TaskCompletionSource Opened { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Open() => Opened.TrySetResult();

    /// <summary>Those that wait fail, and all later ones with them.</summary>
    public void Fail() => Opened.TrySetException(new AgentStoreException("The disk is full."));
}
