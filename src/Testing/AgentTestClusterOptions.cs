using System.Reflection;
using Microsoft.Extensions.Time.Testing;
using OrleansAgents.Agents;
using OrleansAgents.Hosting;
using OrleansAgents.Testing.Faults;
using OrleansAgents.Topics;

namespace OrleansAgents.Testing;

/// <summary>What a test cluster is made of.</summary>
public sealed class AgentTestClusterOptions
{
    internal List<Action<ISiloBuilder, int>> SiloActions { get; } = [];

    internal List<Action<AgentOptions>> AgentActions { get; } = [];

    internal List<Action<AgentClientOptions>> ClientActions { get; } = [];

    internal List<Action<IClientBuilder>> OutsideActions { get; } = [];

    /// <summary>How many silos it starts with. 1 unless told.</summary>
    public int Silos { get; set; } = 1;

    /// <summary>What goes wrong; null for nothing.</summary>
    public FaultPlan? Faults { get; set; }

    /// <summary>
    /// The store of all silos; null for one in memory, shared by them and gone with the cluster. It survives silos that
    /// are killed or stopped, and the test may look into it. A store that a silo chose by
    /// <see cref="ConfigureSilo(Action{ISiloBuilder})"/> goes before it.
    /// </summary>
    public IAgentStore? Store { get; set; }

    /// <summary>The log of topics; null for the store itself, where it is one too.</summary>
    public ITopicLog? TopicLog { get; set; }

    /// <summary>
    /// The clock of agents, clients and faults; null for the system's. It stands still until the test advances it: no
    /// deadline passes and no repeat of a failed delivery starts in between. Orleans itself keeps the system's clock, so
    /// membership, and the response timeout of calls, go on by themselves.
    /// </summary>
    public FakeTimeProvider? Time { get; set; }

    /// <summary>How long probes and waits for rest go on, in real time. 30 seconds unless told.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Hosts one agent class.</summary>
    public AgentTestClusterOptions AddAgent<TAgent>()
        where TAgent : Agent =>
        ConfigureSilo(static silo => silo.AddAgent<TAgent>());

    /// <summary>Hosts every agent class of an assembly that has an <see cref="AgentAttribute"/> and is not abstract.</summary>
    public AgentTestClusterOptions AddAgentsFrom(Assembly assembly) => ConfigureSilo(silo => silo.AddAgentsFrom(assembly));

    /// <summary>Refines the settings of the agents.</summary>
    public AgentTestClusterOptions ConfigureAgents(Action<AgentOptions> configure)
    {
        AgentActions.Add(configure);
        return this;
    }

    /// <summary>Refines the clients, outside and inside. The one outside sends from <c>client/test</c> unless told.</summary>
    public AgentTestClusterOptions ConfigureClients(Action<AgentClientOptions> configure)
    {
        ClientActions.Add(configure);
        return this;
    }

    /// <summary>Configures the client outside the silos: its keys, services, anything of Orleans.</summary>
    public AgentTestClusterOptions ConfigureOutsideClient(Action<IClientBuilder> configure)
    {
        OutsideActions.Add(configure);
        return this;
    }

    /// <summary>
    /// Configures each silo, also those started later: services that agents need, a store of its own, anything of Orleans.
    /// </summary>
    public AgentTestClusterOptions ConfigureSilo(Action<ISiloBuilder> configure) => ConfigureSilo((silo, _) => configure(silo));

    /// <summary>
    /// Configures each silo by its number (<see cref="TestSilo.Number"/>), for clusters whose silos differ: in their labels,
    /// or in the classes that they host for one kind, as during a rolling upgrade.
    /// </summary>
    public AgentTestClusterOptions ConfigureSilo(Action<ISiloBuilder, int> configure)
    {
        SiloActions.Add(configure);
        return this;
    }

    /// <exception cref="InvalidOperationException">A setting makes no sense.</exception>
    internal void Validate()
    {
        if (Silos < 1)
        {
            throw new InvalidOperationException("AgentTestClusterOptions.Silos must be 1 or more; 1 is the default.");
        }

        if (Patience <= TimeSpan.Zero)
        {
            throw new InvalidOperationException("AgentTestClusterOptions.Patience must be positive; 30 seconds is the default.");
        }
    }
}
