using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Metadata;
using Orleans.Runtime;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Security;

namespace OrleansAgents.Hosting;

/// <summary>Puts the client into a program's services.</summary>
public static class AgentClientServices
{
    /// <summary>
    /// Adds <see cref="IAgentClient"/>. It speaks through the program's Orleans client or, in a silo's process, through
    /// the silo itself; one of the two must be there (<c>UseOrleansClient</c> or <c>UseOrleans</c>).
    /// </summary>
    public static IServiceCollection AddAgentClient(this IServiceCollection services, Action<AgentClientOptions>? configure = null)
    {
        services.AddOptions<AgentClientOptions>()
            .Validate(o => o.Timeout > TimeSpan.Zero, "AgentClientOptions.Timeout must be positive; 30 seconds is the default.");
        if (configure is not null)
        {
            services.Configure(configure);
        }

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ContractCatalogue>();
        services.TryAddSingleton<AgentKinds>();
        services.TryAddSingleton<IAgentClient>(Create);
        return services;
    }

    /// <summary>
    /// Signs what the client sends: each message whose sender has a key among these. Without it, silos that demand
    /// signatures refuse what comes from outside. For programs outside; a silo signs by its own policy.
    /// </summary>
    public static IServiceCollection AddAgentKeys(this IServiceCollection services, Action<KeyRingOptions> configure)
    {
        services.Configure(configure);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<KeyRing>();
        services.TryAddSingleton<MessageSigner>();
        services.TryAddSingleton<OutgoingSignatures>();
        return services;
    }

    /// <summary>
    /// Seals what this program sends to the recipients of its key groups, and opens the replies and the events that it
    /// reads. In a silo's process <c>UseEncryption</c> on the silo does both.
    /// </summary>
    /// <exception cref="OptionsValidationException">At start: a group or a key cannot be used. The message says which and why.</exception>
    public static IServiceCollection AddAgentEncryption(this IServiceCollection services, Action<EncryptionOptions> configure) =>
        services.AddPayloadCipher().Configure(configure);

    private static AgentClient Create(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<AgentClientOptions>>().Value;
        var time = services.GetRequiredService<TimeProvider>();
        var grains = services.GetRequiredService<IGrainFactory>();
        var addressing = new AgentAddressing(grains, services.GetRequiredService<GrainInterfaceTypeResolver>());
        var inSilo = services.GetService<ILocalSiloDetails>() is not null;
        var connections = services.GetService<GatewayConnections>();
        return new AgentClient(
            new AgentCaller(
                options,
                addressing,
                services.GetRequiredService<AgentKinds>(),
                services.GetRequiredService<ContractCatalogue>(),
                new Delivery(options.Delivery, time, connections is null ? null : () => connections.Loss),
                time,
                inSilo,
                connections,
                services.GetService<OutgoingSignatures>(),
                services.GetService<PayloadCipher>()),
            grains,
            time);
    }
}
