using Microsoft.Extensions.Logging;

namespace OrleansAgents.Intelligence;

/// <summary>Says at the silo's start where agents would talk to a model that does not think.</summary>
internal sealed partial class OfflineNotice(ModelCatalogue models, ILogger<OfflineNotice> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(nameof(OfflineNotice), ServiceLifecycleStage.Active, _ =>
    {
        if (models.IsOffline)
        {
            LogOffline(logger);
        }

        return Task.CompletedTask;
    });

    [LoggerMessage(Level = LogLevel.Information, Message = "No language model is set, so agents that use one get the offline model, which does not think; set Agents:Models:default, or call AddModels")]
    private static partial void LogOffline(ILogger logger);
}
