using Orleans.Runtime;

namespace OrleansAgents.Endpoints;

/// <summary>Whether this process takes messages now: not before its silo is active, and not after a stop signal.</summary>
internal sealed class Readiness(IHostApplicationLifetime lifetime, ISiloStatusOracle silo)
{
    public string? FindObstacle()
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return "stopping";
        }

        return lifetime.ApplicationStarted.IsCancellationRequested && silo.CurrentStatus == SiloStatus.Active ? null : "starting";
    }
}

/// <summary>The health endpoints, in plain text for people and probes alike.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/healthz/live", static () => Results.Text("live"));
        endpoints.MapGet("/healthz/ready", static (Readiness readiness) => readiness.FindObstacle() is { } obstacle
            ? Results.Text(obstacle, statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Text("ready"));
    }
}
