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
        services.AddOptions<AgentOptions>()
            .Validate(o => o.QueueLength > 0, "AgentOptions.QueueLength must be 1 or more; 10,000 is the default.")
            .Validate(o => o.VolatileWindow > 0, "AgentOptions.VolatileWindow must be 1 or more; 256 is the default.")
            .Validate(o => o.OutboxLength > 0, "AgentOptions.OutboxLength must be 1 or more; 10,000 is the default.")
            .Validate(o => o.Labels.All(AgentId.IsKind), $"AgentOptions.Labels holds a text that is no label; a label is a lower-case letter and then lower-case letters, digits or hyphens, {AgentId.MaxKindLength} at most.")
            .Validate(o => o.WakePeriod > TimeSpan.Zero, "AgentOptions.WakePeriod must be above zero; 100 ms is the default.")
            .ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<AgentOptions>, AuditKeyValidation>());
        services.AddOptions<HandledWindow>()
            .Validate(w => w.Count > 0 && w.Age > TimeSpan.Zero, "HandledWindow.Count and Age must be above zero; 10,000 and 10 minutes are the defaults.")
            .ValidateOnStart();
        services.AddOptions<BlackboardOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<BlackboardOptions>, BlackboardOptionsValidation>());
        services.AddOptions<ConversationOptions>()
            .Validate(o => o.MaxMessages > 0, "ConversationOptions.MaxMessages must be 1 or more; 10,000 is the default.")
            .Validate(o => o.MaxBytes > 0, "ConversationOptions.MaxBytes must be 1 or more; 64 MiB is the default.")
            .Validate(o => o.Age > TimeSpan.Zero && o.Age <= ConversationOptions.LongestAge, $"ConversationOptions.Age must be above zero and {ConversationOptions.LongestAge.TotalDays:0} days at most; 7 days are the default.")
            .ValidateOnStart();
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
            .AddPatterns()
            .AddIntelligence();
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
