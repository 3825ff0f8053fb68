using System.Diagnostics;
using System.Diagnostics.Metrics;
using OrleansAgents.Audit;
using OrleansAgents.Messaging;

namespace OrleansAgents.Telemetry;

/// <summary>The tags of one handler's measurements, made once: one array per outcome.</summary>
internal sealed class TurnTags
{
    private readonly KeyValuePair<string, object?>[][] _byOutcome;

    public TurnTags(string kind, Contract? contract)
    {
        SpanName = $"{kind} {contract?.Name ?? "any"}";
        _byOutcome = [.. Enum.GetNames<Outcome>().Select(outcome => new KeyValuePair<string, object?>[]
        {
            new("agent.kind", kind),
            new("messaging.message.type", contract?.Name ?? "any"),
            new("outcome", outcome.ToLowerInvariant()),
        })];
    }

    public string SpanName { get; }

    public ReadOnlySpan<KeyValuePair<string, object?>> For(Outcome outcome) => _byOutcome[(int)outcome];
}

/// <summary>What turns report: how long they took, what became of messages, and their spans.</summary>
internal static class TurnTelemetry
{
    // An exporter's own steps are for milliseconds, and all turns would lie in the first of them.
    private static readonly Histogram<double> Duration = AgentTelemetry.Meter.CreateHistogram(
        "agents.message.duration", "s", "From a message's arrival at its agent to its answer.", tags: null,
        new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
        });

    private static readonly Counter<long> Refusals =
        AgentTelemetry.Meter.CreateCounter<long>("agents.message.refusals", "{message}", "Messages refused or failed, by code.");

    private static readonly Counter<long> Duplicates =
        AgentTelemetry.Meter.CreateCounter<long>("agents.message.duplicates", "{message}", "Messages that had been handled before.");

    private static readonly Counter<long> GivenUp =
        AgentTelemetry.Meter.CreateCounter<long>("agents.message.given_up", "{message}", "Outgoing messages given up on.");

    private static readonly Counter<long> StoreFailures =
        AgentTelemetry.Meter.CreateCounter<long>("agents.store.failures", "{commit}", "Commits that the store did not take, by code.");

    private static readonly Counter<long> AuditEntries =
        AgentTelemetry.Meter.CreateCounter<long>("agents.audit.entries", "{entry}", "Entries stored in audit logs, by outcome.");

    public static readonly UpDownCounter<long> ActiveAgents =
        AgentTelemetry.Meter.CreateUpDownCounter<long>("agents.active", "{agent}", "Active agents by kind.");

    /// <summary>When a turn starts; 0 when nobody measures.</summary>
    public static long Begin() => Duration.Enabled ? Stopwatch.GetTimestamp() : 0;

    public static void Handled(TurnTags tags, Outcome outcome, long started)
    {
        if (started != 0)
        {
            Duration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds, tags.For(outcome));
        }
    }

    public static void Refused(string kind, Refusal refusal) =>
        Refusals.Add(1, new KeyValuePair<string, object?>("agent.kind", kind), new("code", refusal.Code));

    public static void Duplicate(string kind) => Duplicates.Add(1, new KeyValuePair<string, object?>("agent.kind", kind));

    public static void GaveUp(string kind) => GivenUp.Add(1, new KeyValuePair<string, object?>("agent.kind", kind));

    public static void NotStored(string kind, Refusal fault) =>
        StoreFailures.Add(1, new KeyValuePair<string, object?>("agent.kind", kind), new("code", fault.Code));

    public static void Audited(string kind, IReadOnlyList<AuditEntry> entries)
    {
        for (var i = 0; i < entries.Count && AuditEntries.Enabled; i++)
        {
            AuditEntries.Add(1, new KeyValuePair<string, object?>("agent.kind", kind), new("outcome", AuditJson.Name(entries[i].Outcome)));
        }
    }

    /// <summary>The span of a turn, or null when nobody listens or it is sampled out.</summary>
    public static Activity? Start(TurnTags tags, Envelope envelope, ref string? destination) =>
        AgentTelemetry.Source.HasListeners() ? StartListened(tags, envelope, ref destination) : null;

    private static Activity? StartListened(TurnTags tags, Envelope envelope, ref string? destination)
    {
        // Whatever is current here belongs to another turn or to nobody; only the message says what came before it.
        Activity.Current = null;
        var parent = envelope.Span?.Context ?? envelope.Extras?.ReadTrace() ?? default;
        var span = AgentTelemetry.Source.StartActivity(tags.SpanName, ActivityKind.Consumer, parent);
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag("messaging.destination.name", destination ??= envelope.Recipient.ToString());
            span.SetTag("messaging.message.id", envelope.Id.ToString());
        }

        return span;
    }
}
