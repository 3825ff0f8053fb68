using System.Diagnostics;
using System.Diagnostics.Metrics;
using OrleansAgents.Telemetry;

namespace OrleansAgents.A2A;

/// <summary>What calls of agents elsewhere report: how long they took, what became of them, and their spans.</summary>
internal static class RemoteTelemetry
{
    private static readonly Histogram<double> Duration = AgentTelemetry.Meter.CreateHistogram(
        "agents.remote.duration", "s", "How long calls of agents elsewhere took, with their repeats; of a stream, to its first event.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120] });

    /// <summary>The span of a call, which the other side's are below; null where nobody listens.</summary>
    /// <param name="name">What the agent is called in the settings.</param>
    /// <param name="operation">What is called.</param>
    public static Activity? Begin(string name, string operation) => !AgentTelemetry.Source.HasListeners() ? null
        : AgentTelemetry.Source.StartActivity($"{operation} {name}", ActivityKind.Client)?.SetTag("remote.name", name).SetTag("rpc.method", operation);

    /// <summary>Ends a call: measures it, and says in its span why it failed.</summary>
    /// <param name="span">Its span; null for none.</param>
    /// <param name="name">What the agent is called in the settings.</param>
    /// <param name="operation">What was called.</param>
    /// <param name="took">How long it took.</param>
    /// <param name="code">Why it came to nothing; null where it did not.</param>
    public static void End(Activity? span, string name, string operation, TimeSpan took, string? code)
    {
        var tags = new TagList { { "remote.name", name }, { "rpc.method", operation } };
        if (code is not null)
        {
            tags.Add("error.type", code);
            span?.SetTag("error.type", code).SetStatus(ActivityStatusCode.Error);
        }

        Duration.Record(took.TotalSeconds, tags);
        span?.Dispose();
    }
}
