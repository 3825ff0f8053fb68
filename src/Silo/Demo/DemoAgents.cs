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
        .AddAgent<ChaosAgent>()
        .AddAgent<WorkerAgent>()
        .AddAgent<AssistantAgent>();
}
