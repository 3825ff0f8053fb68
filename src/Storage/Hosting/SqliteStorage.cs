using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Sqlite;
using OrleansAgents.Topics;

namespace OrleansAgents.Hosting;

/// <summary>Chooses where durable agents and topics rest.</summary>
public static class SqliteStorage
{
    /// <summary>
    /// Keeps agents and topics in one SQLite file, for one silo. It is opened before the silo starts, and the start fails
    /// with an <see cref="AgentStoreException"/> of one sentence when it cannot be; it is closed after the silo has stopped.
    /// <see cref="SqliteAgentStore"/> is registered too, for its backups.
    /// </summary>
    public static ISiloBuilder UseSqliteStorage(this ISiloBuilder silo, Action<SqliteStoreOptions>? configure = null)
    {
        var services = silo.Services;
        services.AddTopicRetention();
        services.AddOptions<SqliteStoreOptions>()
            .PostConfigure<IOptions<HandledWindow>, IOptions<TopicRetention>>(
                static (options, window, retention) => (options.Handled, options.Topics) = (window.Value, retention.Value))
            .ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SqliteStoreOptions>, SqliteOptionsValidation>());
        if (configure is not null)
        {
            services.Configure(configure);
        }

        services.AddSingleton(provider => new SqliteAgentStore(
            provider.GetRequiredService<IOptions<SqliteStoreOptions>>().Value,
            provider.GetService<TimeProvider>(),
            provider.GetService<ContractCatalogue>(),
            provider.GetService<ILogger<SqliteAgentStore>>()));
        services.AddSingleton<IAgentStore>(provider => provider.GetRequiredService<SqliteAgentStore>());
        services.AddSingleton<ITopicLog>(provider => provider.GetRequiredService<SqliteAgentStore>());
        services.AddHostedService<SqliteStorageLifetime>();
        return silo.AddTopicStreams();
    }
}

/// <summary>Opens the store before anything of the host starts, and closes it when all of it has stopped.</summary>
internal sealed class SqliteStorageLifetime(SqliteAgentStore store) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => store.OpenAsync(cancellationToken);

    public async Task StoppedAsync(CancellationToken cancellationToken) => await store.CloseAsync();

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
