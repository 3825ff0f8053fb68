using Microsoft.Extensions.DependencyInjection;
using OrleansAgents.Patterns;

namespace OrleansAgents.Hosting;

/// <summary>Refines the agents that carry patterns.</summary>
public static class PatternSiloBuilder
{
    /// <summary>Sets how long sagas, desks, groups and timers can be read when they are over, and how many messages wait at a desk.</summary>
    public static ISiloBuilder WithPatterns(this ISiloBuilder silo, Action<PatternOptions> configure)
    {
        silo.Services.Configure(configure);
        return silo;
    }

    internal static ISiloBuilder AddPatterns(this ISiloBuilder silo)
    {
        silo.Services.AddOptions<PatternOptions>()
            .Validate(o => o.KeepEnded > TimeSpan.Zero, "PatternOptions.KeepEnded must be above zero; 7 days is the default.")
            .Validate(o => o.DeskQueueLength > 0, "PatternOptions.DeskQueueLength must be 1 or more; 256 is the default.")
            .ValidateOnStart();
        return silo.AddAgent(typeof(SagaAgent)).AddAgent(typeof(DeskAgent)).AddAgent(typeof(GroupAgent)).AddAgent(typeof(TimerAgent));
    }
}
