using Microsoft.Agents.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OrleansAgents.Testing;
using OrleansAgents.Testing.Faults;

namespace OrleansAgents.Tests.Intelligence;

/// <summary>A silo with an agent of the framework, shared by the tests of a class.</summary>
public sealed class HostedCluster : IAsyncLifetime
{
    internal ScriptedAgent Other { get; } = new();

    internal AgentTestCluster Cluster { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Cluster = await StartAsync(Other);

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();

    internal static Task<AgentTestCluster> StartAsync(ScriptedAgent other, FaultPlan? faults = null, int silos = 1, FakeTimeProvider? time = null) => AgentTestCluster.StartAsync(
        options =>
        {
            (options.Silos, options.Faults, options.Time, options.Patience) = (silos, faults, time, TimeSpan.FromSeconds(30));
            options.AddAgent<ParrotAgent>()
                .ConfigureSilo(silo => silo.Services.AddSingleton<AIAgent>(other))
                .ConfigureAgents(agents =>
                {
                    agents.Delivery.MaxRetries = 1000;
                    agents.Delivery.FirstDelay = TimeSpan.FromMilliseconds(1);
                    agents.Delivery.LongestDelay = TimeSpan.FromMilliseconds(20);
                    agents.WakePeriod = TimeSpan.FromMilliseconds(20);
                    agents.WakeAfter = TimeSpan.FromMilliseconds(300);
                });
        }, TestContext.Current.CancellationToken);
}
