using Orleans.Configuration;
using OrleansAgents.Hosting;

namespace OrleansAgents.Demo;

/// <summary>The kinds that a host offers to try the platform with.</summary>
internal static class DemoAgents
{
    public static ISiloBuilder AddDemoAgents(this ISiloBuilder silo) => silo
        .AddAgent<EchoAgent>()
        .AddAgent<CounterAgent>()
        .AddAgent<RelayAgent>()
        .AddAgent<CollectorAgent>()
        .AddAgent<ChaosAgent>();

    /// <summary>Orleans finds every grain class of the program's own assembly by itself, so leaving them out is a deed.</summary>
    public static ISiloBuilder LeaveOutDemoAgents(this ISiloBuilder silo)
    {
        silo.Services.PostConfigure<GrainTypeOptions>(static o => o.Classes.RemoveWhere(
            static c => c.Namespace == typeof(DemoAgents).Namespace && c.Assembly == typeof(DemoAgents).Assembly));
        return silo;
    }
}
