using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansAgents.Agents;
using OrleansAgents.Memory;
using OrleansAgents.Topics;

namespace OrleansAgents.Hosting;

/// <summary>Chooses where durable agents and topics rest.</summary>
public static class MemoryStorage
{
    /// <summary>
    /// Keeps agents and topics in memory, and says so at start: everything is gone with the process. Silos of one test
    /// cluster share agents by sharing <paramref name="store"/>; null makes one for this silo.
    /// </summary>
    public static ISiloBuilder UseMemoryStorage(this ISiloBuilder silo, MemoryAgentStore? store = null)
    {
        silo.Services.AddSingleton(services => store ?? new MemoryAgentStore(
            services.GetService<IOptions<HandledWindow>>()?.Value, services.GetService<TimeProvider>()));
        silo.Services.AddSingleton<IAgentStore>(services => services.GetRequiredService<MemoryAgentStore>());
        silo.Services.AddSingleton<ITopicLog>(services => services.GetRequiredService<MemoryAgentStore>());
        silo.Services.AddHostedService<MemoryStorageWarning>();
        return silo.AddTopicStreams();
    }
}

/// <summary>Says once, at start, that nothing here survives the process.</summary>
internal sealed partial class MemoryStorageWarning(ILogger<MemoryStorageWarning> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        LogMemory(logger);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Agents and topics rest in memory: their state, and messages on their way, are gone when this process ends")]
    private static partial void LogMemory(ILogger logger);
}
