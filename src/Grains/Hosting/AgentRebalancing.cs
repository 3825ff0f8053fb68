using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace OrleansAgents.Hosting;

/// <summary>Lets running agents move to silos that have fewer.</summary>
public static class AgentRebalancing
{
    /// <summary>
    /// Moves agents, and other grains, from silos with many to silos with few, such as one that joined. Every silo of the
    /// cluster needs it, for any of them may be the one that decides. Off unless called: Orleans calls its rebalancer
    /// experimental. Its own settings are <see cref="ActivationRebalancerOptions"/>: it begins a minute after the start
    /// (<c>RebalancerDueTime</c>) and moves some every 15 seconds (<c>SessionCyclePeriod</c>). Durable agents finish the
    /// running turn, commit, and go on elsewhere; volatile ones lose their fields, and take along what they know of
    /// handled messages. Calling it twice is harmless.
    /// </summary>
    public static ISiloBuilder AddAgentRebalancing(this ISiloBuilder silo, Action<ActivationRebalancerOptions>? configure = null)
    {
        if (!silo.Services.Any(s => s.ServiceType == typeof(Rebalancing)))
        {
            silo.Services.AddSingleton<Rebalancing>();
#pragma warning disable ORLEANSEXP002 // Whoever calls this method has asked for it.
            silo.AddActivationRebalancer();
#pragma warning restore ORLEANSEXP002
        }

        if (configure is not null)
        {
            silo.Services.Configure(configure);
        }

        return silo;
    }

    /// <summary>Marks that it was added.</summary>
    private sealed class Rebalancing;
}
