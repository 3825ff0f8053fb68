using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Redis;
using OrleansAgents.Topics;

namespace OrleansAgents.Hosting;

/// <summary>Chooses where durable agents and topics rest.</summary>
public static class RedisStorage
{
    /// <summary>
    /// Keeps agents and topics on Redis, for any number of silos. It is connected to before the silo starts, and the start
    /// fails with an <see cref="AgentStoreException"/> of one sentence when it cannot be.
    /// </summary>
    public static ISiloBuilder UseRedisStorage(this ISiloBuilder silo, Action<RedisStoreOptions>? configure = null)
    {
        var services = silo.Services;
        services.AddTopicRetention();
        services.AddOptions<RedisStoreOptions>()
            .PostConfigure<IOptions<HandledWindow>, IOptions<TopicRetention>>(
                static (options, window, retention) => (options.Handled, options.Topics) = (window.Value, retention.Value))
            .ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RedisStoreOptions>, RedisOptionsValidation>());
        if (configure is not null)
        {
            services.Configure(configure);
        }

        services.AddSingleton(provider => new RedisAgentStore(
            provider.GetRequiredService<IOptions<RedisStoreOptions>>().Value,
            provider.GetService<TimeProvider>(),
            provider.GetService<ContractCatalogue>(),
            provider.GetService<ILogger<RedisAgentStore>>()));
        services.AddSingleton<IAgentStore>(provider => provider.GetRequiredService<RedisAgentStore>());
        services.AddSingleton<ITopicLog>(provider => provider.GetRequiredService<RedisAgentStore>());
        services.AddSingleton<IAgentStoreHealth>(provider => provider.GetRequiredService<RedisAgentStore>());
        services.AddHostedService<RedisStorageLifetime>();
        return silo.AddTopicStreams();
    }
}

/// <summary>Connects before anything of the host starts, and leaves when all of it has stopped.</summary>
internal sealed class RedisStorageLifetime(RedisAgentStore store) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => store.OpenAsync(cancellationToken);

    public async Task StoppedAsync(CancellationToken cancellationToken) => await store.CloseAsync();

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
