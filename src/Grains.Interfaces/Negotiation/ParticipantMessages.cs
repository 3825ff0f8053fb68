using System.Text.Json;
using OrleansAgents.Messaging;

namespace OrleansAgents.Negotiation;

/// <summary>
/// A participant takes its proposal back, or gives the award back. Only participants may; after the end it changes
/// nothing. From then on the participant must decommit from an award that may still be on its way.
/// </summary>
/// <param name="Reason">Why; null for no reason given.</param>
[Contract("negotiation.withdraw")]
public sealed record ProposalWithdrawn(string? Reason = null);

/// <summary>The holder of the award has done the work. Only the holder may tell it.</summary>
/// <param name="Result">What it made; null for none.</param>
[Contract("negotiation.done")]
public sealed record TaskDone(JsonElement? Result = null)
{
    /// <summary>Done, with a record as the result.</summary>
    public static TaskDone With(object result) => new(ToJson(result));

    internal static JsonElement? ToJson(object? result) =>
        result is null ? null : JsonSerializer.SerializeToElement(result, result.GetType(), PayloadJson.Options);
}

/// <summary>The holder of the award failed at the work, for good. Only the holder may tell it. To have the next best try, it withdraws instead.</summary>
/// <param name="Reason">Why; null for no reason given.</param>
[Contract("negotiation.failed")]
public sealed record TaskFailed(string? Reason = null);
