using System.Diagnostics.Metrics;
using OrleansAgents.Messaging;
using OrleansAgents.Telemetry;

namespace OrleansAgents.Intelligence;

/// <summary>
/// What is measured of tools: how long their calls took, and calls that were not made. A name that a model made up is never
/// a tag, so there are as many series as there are tools.
/// </summary>
internal static class ToolTelemetry
{
    public const string Accepted = "accepted", Refused = "refused", Failed = "failed", Cancelled = "cancelled";

    public const string Unknown = "unknown", Unreadable = "unreadable", Declined = "declined", Unapprovable = "unapprovable", Cycle = "cycle";

    // What OpenTelemetry's conventions call a value that is none of those that are known.
    private const string Other = "_OTHER";

    private static readonly Histogram<double> Duration = AgentTelemetry.Meter.CreateHistogram(
        "agents.tool.duration", "s", "From the call of a tool by a chat agent to its result.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300] });

    private static readonly Counter<long> Refusals =
        AgentTelemetry.Meter.CreateCounter<long>("agents.tool.refusals", "{call}", "Calls of tools that a model wanted and that were not made, by reason.");

    /// <summary>A call that was made has its result, or will have none.</summary>
    /// <param name="kind">The kind of the agent that called.</param>
    /// <param name="call">The call; one that a version before stored does not say when it began, and is not measured.</param>
    /// <param name="outcome">What became of it.</param>
    /// <param name="now">When.</param>
    public static void Ended(string kind, OpenCall call, string outcome, DateTimeOffset now)
    {
        if (call.BegunAt is { } begun)
        {
            Duration.Record((now - begun).TotalSeconds, new("agent.kind", kind), new("gen_ai.tool.name", call.Wish.Tool), new("outcome", outcome));
        }
    }

    /// <summary>A call is not made.</summary>
    /// <param name="kind">The kind of the agent that would have called.</param>
    /// <param name="tool">The tool; null where there is none of the name.</param>
    /// <param name="reason">Why not.</param>
    public static void NotCalled(string kind, string? tool, string reason) =>
        Refusals.Add(1, new("agent.kind", kind), new("gen_ai.tool.name", tool ?? Other), new("reason", reason));

    /// <summary>What an agent's refusal to be a tool comes to: it said no, or nobody knows what it would have said.</summary>
    public static string OutcomeOf(Refusal? refusal) => refusal is null ? Accepted
        : refusal.Code is RefusalCodes.HandlerFailed or RefusalCodes.DeadlineExceeded or RefusalCodes.Unreachable || RefusalCodes.IsTransient(refusal.Code) ? Failed
        : Refused;
}
