using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using OrleansAgents.Agents;
using OrleansAgents.Configuration;
using OrleansAgents.Redis;
using OrleansAgents.Sqlite;

namespace OrleansAgents.Hosting;

/// <summary>The process's life: start, one line when ready, drain on a stop signal, an exit code that says how it went.</summary>
internal static class SiloProcess
{
    private const int Success = 0;
    private const int Failure = 1;
    private const int CutOff = 2;

    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            var app = await SiloApplication.BuildAsync(args);
            await using (app)
            {
                return await RunAsync(app);
            }
        }
        catch (SettingsException e)
        {
            return await FailAsync(e.Message);
        }
        catch (Exception e) when (e is OptionsValidationException or OrleansConfigurationException or AgentStoreException or AddressInUseException
            or IOException { InnerException: AddressInUseException })
        {
            return await FailAsync(e.Message.ReplaceLineEndings(" "));
        }
    }

    private static async Task<int> RunAsync(WebApplication app)
    {
        var stopping = app.Lifetime.ApplicationStopping;
        try
        {
            // The host would open it too, and log a failure with its whole stack beside the sentence that it is.
            await (app.Services.GetService<SqliteAgentStore>()?.OpenAsync(stopping) ?? Task.CompletedTask);
            await (app.Services.GetService<RedisAgentStore>()?.OpenAsync(stopping) ?? Task.CompletedTask);
            await app.StartAsync();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return Success;
        }

        await Console.Out.WriteLineAsync(Describe(app));
        await Console.Out.FlushAsync();
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = stopping.Register(() => stop.TrySetResult());
        await stop.Task;
        return await DrainAsync(app);
    }

    /// <summary>Stops the host. Neither it nor Orleans says that the time ran out: both just go on without waiting.</summary>
    private static async Task<int> DrainAsync(WebApplication app)
    {
        var options = app.Services.GetRequiredService<SiloOptions>();
        using var drain = new CancellationTokenSource(options.DrainTimeout, app.Services.GetRequiredService<TimeProvider>());
        await app.StopAsync(drain.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!drain.IsCancellationRequested)
        {
            return Success;
        }

        await FailAsync($"Running turns did not finish within {options.DrainTimeout} and were cut off; a longer Agents:DrainTimeout gives them more time.");
        return CutOff;
    }

    private static string Describe(WebApplication app)
    {
        var options = app.Services.GetRequiredService<SiloOptions>();
        var silo = app.Services.GetRequiredService<ILocalSiloDetails>();
        var cluster = options.Redis is null ? "" : $", cluster {options.Cluster}";
        return $"OrleansAgents is ready: {string.Join(", ", app.Urls)}, gateway {silo.GatewayAddress.Endpoint}, silo {silo.SiloAddress.Endpoint}{cluster}";
    }

    private static async Task<int> FailAsync(string message)
    {
        await Console.Error.WriteLineAsync(message);
        return Failure;
    }
}
