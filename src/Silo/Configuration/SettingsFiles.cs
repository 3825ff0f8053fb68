using Microsoft.Extensions.Configuration.Json;

namespace OrleansAgents.Configuration;

/// <summary>The files that settings come from, once the silo runs.</summary>
internal static partial class SettingsFiles
{
    /// <summary>Logs that a changed file cannot be read, which nobody would learn otherwise: what was made of it before stays.</summary>
    public static void LogFaults(WebApplication app)
    {
        foreach (var source in ((IConfigurationBuilder)app.Configuration).Sources.OfType<JsonConfigurationSource>())
        {
            source.OnLoadException = context => LogUnreadable(
                app.Logger, source.Path, context.Exception.GetBaseException().Message.ReplaceLineEndings(" "));
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The changed file of settings {Path} cannot be read, and the settings before stay: {Fault}")]
    private static partial void LogUnreadable(ILogger logger, string? path, string fault);
}
