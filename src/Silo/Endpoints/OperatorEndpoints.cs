using Orleans.Dashboard;

namespace OrleansAgents.Endpoints;

/// <summary>The endpoints for operators: what they show is nobody else's business, and they ask nobody for a name.</summary>
internal static class OperatorEndpoints
{
    public static void AddOperator(this ISiloBuilder silo)
    {
        // The log has its own way out of the process.
        silo.AddDashboard(dashboard => dashboard.HideTrace = true);
        silo.Services.AddSingleton<OperatorDoors>();
    }

    public static void MapOperator(this WebApplication app)
    {
        var doors = app.Services.GetRequiredService<OperatorDoors>();
        app.Use((context, next) =>
        {
            if (context.GetEndpoint()?.Metadata.GetMetadata<ForOperators>() is null || doors.Lets(context.Connection))
            {
                return next(context);
            }

            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
        app.MapPrometheusScrapingEndpoint("/metrics").WithMetadata(new ForOperators());
        app.MapOrleansDashboard("/dashboard").WithMetadata(new ForOperators());
        app.MapAgentDeadLetters().WithMetadata(new ForOperators());
    }

    /// <summary>Marks an endpoint that answers only at the doors for operators.</summary>
    private sealed class ForOperators;
}
