using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using OrleansAgents.Agents;
using OrleansAgents.Audit;
using OrleansAgents.Blackboard;
using OrleansAgents.Conversations;
using OrleansAgents.DeadLetters;
using OrleansAgents.Directory;
using OrleansAgents.Messaging;
using OrleansAgents.Negotiation;
using OrleansAgents.Patterns;
using OrleansAgents.Routing;
using OrleansAgents.Runs;
using OrleansAgents.Scheduling;
using OrleansAgents.Security;
using OrleansAgents.Topics;

namespace OrleansAgents.Hosting;

/// <summary>Puts agents into a silo.</summary>
public static class AgentSiloBuilder
{
    /// <summary>
    /// Makes the silo a host of agents, with the built-in kinds. Add your own with <see cref="AddAgentsFrom"/> and, for
    /// durable ones, a store with a <c>Use…Storage()</c>.
    /// </summary>
    public static ISiloBuilder AddAgents(this ISiloBuilder silo, Action<AgentOptions>? configure = null)
    {
        var services = silo.Services;
        services.AddCheckedOptions();
        if (configure is not null)
        {
            services.Configure(configure);
        }

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ContractCatalogue>();
        services.TryAddSingleton<AgentKinds>();
        silo.UseDefaultSignatures();
        services.TryAddSingleton<GateChecks>();
        services.TryAddSingleton<AgentHost>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(static provider => provider.GetRequiredService<AgentHost>());
        // Whoever brings a directory registers it in the place of this one.
        services.TryAddSingleton<ICapabilities, DirectoryCapabilities>();
        // Orleans hosts every grain class of the program by itself; agents are hosted because somebody said so, and where
        // the silo has their label.
        services.AddOptions<GrainTypeOptions>().PostConfigure<IEnumerable<AgentRegistration>, IOptions<AgentOptions>>((options, registered, agents) =>
        {
            var hosted = AgentRegistration.FindHosted(registered, agents.Value.Labels);
            options.Classes.RemoveWhere(type => typeof(Agent).IsAssignableFrom(type) && !hosted.Contains(type));
        });
        if (!services.Any(s => s.ImplementationType == typeof(WakeService)))
        {
            services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, WakeService>();
            services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, AnswerRelease>();
            services.AddSingleton<IConfigurationValidator, AgentClassCheck>();
        }

        return silo.AddPlacementDirector<OwnSiloPlacement, OwnSiloDirector>()
            .AddAgent(typeof(TopicAgent))
            .AddAgent(typeof(DeadLettersAgent))
            .AddAgent(typeof(ConversationAgent))
            .AddAgent(typeof(ConversationsAgent))
            .AddAgent(typeof(RouterAgent))
            .AddAgent(typeof(BlackboardAgent))
            .AddAgent(typeof(DirectoryAgent))
            .AddAgent(typeof(SiloAgent))
            .AddAgent(typeof(NegotiationAgent))
            .AddAgent(typeof(RunAgent))
            .AddAgent(typeof(RunsAgent))
            .AddPatterns()
            .AddIntelligence()
            .AddRemotes();
    }

    /// <summary>
    /// Hosts every agent class of an assembly: each class that is not abstract and has an <see cref="AgentAttribute"/>. One
    /// with a <see cref="AgentAttribute.Label"/> that the silo lacks is known here, and hosted elsewhere.
    /// </summary>
    /// <exception cref="InvalidOperationException">A class or a contract of it is faulty; the message says which and why.</exception>
    public static ISiloBuilder AddAgentsFrom(this ISiloBuilder silo, Assembly assembly)
    {
        foreach (var type in assembly.GetTypes())
        {
            if (!type.IsAbstract && typeof(Agent).IsAssignableFrom(type) && type.IsDefined(typeof(AgentAttribute), inherit: false))
            {
                silo.AddAgent(type);
            }
        }

        return silo;
    }

    /// <summary>Hosts one agent class.</summary>
    /// <exception cref="InvalidOperationException">The class or a contract of it is faulty; the message says which and why.</exception>
    public static ISiloBuilder AddAgent<TAgent>(this ISiloBuilder silo)
        where TAgent : Agent =>
        silo.AddAgent(typeof(TAgent));

    internal static ISiloBuilder AddAgent(this ISiloBuilder silo, Type agentClass)
    {
        silo.Services.AddSingleton(AgentRegistration.Of(agentClass));
        silo.Services.Configure<GrainTypeOptions>(options => options.Classes.Add(agentClass));
        silo.Services.Replace(ServiceDescriptor.Singleton(CreateCatalogue));
        return silo;
    }

    private static ContractCatalogue CreateCatalogue(IServiceProvider services)
    {
        var catalogue = new ContractCatalogue();
        foreach (var contract in services.GetServices<AgentRegistration>().SelectMany(r => r.Contracts))
        {
            catalogue.Add(contract);
        }

        return catalogue;
    }
}
