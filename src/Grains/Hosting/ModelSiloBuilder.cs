using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OrleansAgents.Intelligence;

namespace OrleansAgents.Hosting;

/// <summary>Gives agents language models, and limits what they spend on them.</summary>
public static class ModelSiloBuilder
{
    /// <summary>
    /// Sets the models of the silo. An agent takes one in its constructor, by name:
    /// <c>[FromKeyedServices("default")] IChatClient model</c>. Calls have time limits, are repeated where that is harmless,
    /// and are traced and measured. May be called several times.
    /// </summary>
    public static ISiloBuilder AddModels(this ISiloBuilder silo, Action<ModelsOptions> configure)
    {
        silo.Services.Configure(configure);
        return silo.AddModelServices();
    }

    /// <summary>Sets one model of the silo, whose client is the caller's own.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="name">The model's name; <see cref="ModelsOptions.Default"/> for agents that name none.</param>
    /// <param name="client">Makes the client, once.</param>
    /// <param name="configure">Sets prices and limits; null for the defaults.</param>
    public static ISiloBuilder AddModel(this ISiloBuilder silo, string name, Func<IServiceProvider, IChatClient> client, Action<ModelOptions>? configure = null) =>
        silo.AddModels(models =>
        {
            var model = new ModelOptions { Client = client };
            configure?.Invoke(model);
            models.Models[name] = model;
        });

    /// <summary>Limits what agents, conversations and identities spend on models. Limits hold where budgets are asked before the call.</summary>
    public static ISiloBuilder WithSpendingLimits(this ISiloBuilder silo, Action<SpendingLimitsOptions> configure)
    {
        silo.Services.Configure(configure);
        return silo;
    }

    internal static ISiloBuilder AddIntelligence(this ISiloBuilder silo)
    {
        silo.Services.AddOptions<SpendingLimitsOptions>().ValidateOnStart();
        silo.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SpendingLimitsOptions>, SpendingLimitsValidation>());
        return silo.AddModelServices().AddAgent(typeof(BudgetAgent));
    }

    private static ISiloBuilder AddModelServices(this ISiloBuilder silo)
    {
        var services = silo.Services;
        services.AddOptions<ModelsOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ModelsOptions>, ModelsOptionsValidation>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ModelCatalogue>();
        services.TryAddSingleton(new OwnModels(services));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ILifecycleParticipant<ISiloLifecycle>, OfflineNotice>());
        // Names come with the options, so any is looked up when it is asked for; a client registered under its own key goes before.
        services.TryAddKeyedSingleton<IChatClient>(
            KeyedService.AnyKey, static (provider, key) => new SharedChatClient(provider.GetRequiredService<ModelCatalogue>().Get(key as string)));
        return silo;
    }
}
