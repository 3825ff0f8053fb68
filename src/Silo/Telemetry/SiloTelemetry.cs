using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace OrleansAgents.Telemetry;

/// <summary>Logs, metrics and traces of the reference host.</summary>
internal static class SiloTelemetry
{
    /// <summary>Everything goes to stderr: stdout carries the one line that says where the host is reached.</summary>
    public static void AddSiloLogging(this WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();
        builder.Logging.AddConsole(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    public static void AddSiloTelemetry(this WebApplicationBuilder builder, bool withPrometheus)
    {
        var configuration = builder.Configuration;
        var telemetry = builder.Services.AddOpenTelemetry();
        if (string.IsNullOrEmpty(configuration["OTEL_SERVICE_NAME"]))
        {
            telemetry.ConfigureResource(r => r.AddService("orleans-agents"));
        }

        telemetry.WithMetrics(metrics =>
        {
            metrics.AddMeter(AgentTelemetry.MeterName, AgentTelemetry.ModelSourceName, "Microsoft.Orleans").AddRuntimeInstrumentation();
            if (withPrometheus)
            {
                metrics.AddPrometheusExporter();
            }

            if (IsExported(configuration, "METRICS"))
            {
                metrics.AddOtlpExporter();
            }
        });

        // A registered tracer listens, and every span that somebody listens to costs time on each message's way.
        if (IsExported(configuration, "TRACES"))
        {
            telemetry.WithTracing(tracing =>
                tracing.AddSource(AgentTelemetry.SourceName, AgentTelemetry.ModelSourceName).AddAspNetCoreInstrumentation().AddOtlpExporter());
        }

        if (IsExported(configuration, "LOGS"))
        {
            telemetry.WithLogging(logging => logging.AddOtlpExporter());
        }
    }

    private static bool IsExported(IConfiguration configuration, string signal) =>
        !string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"])
        || !string.IsNullOrEmpty(configuration[$"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"]);
}
