using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace OrleansAgents.Telemetry;

/// <summary>The names under which the platform traces and measures.</summary>
public static class AgentTelemetry
{
    /// <summary>The name of the <see cref="System.Diagnostics.ActivitySource"/>.</summary>
    public const string SourceName = "OrleansAgents";

    /// <summary>The name of the <see cref="System.Diagnostics.Metrics.Meter"/>.</summary>
    public const string MeterName = "OrleansAgents";

    /// <summary>The name of the source and of the meter of calls of language models, which follow OpenTelemetry's conventions for <c>gen_ai</c>.</summary>
    public const string ModelSourceName = "OrleansAgents.Models";

    internal static readonly ActivitySource Source = new(SourceName);
    internal static readonly Meter Meter = new(MeterName);

    internal static readonly Counter<long> Retries =
        Meter.CreateCounter<long>("agents.message.retries", "{retry}", "Deliveries tried again.");
}
