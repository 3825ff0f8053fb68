using System.Text.Json;
using OrleansAgents.Messaging;

namespace OrleansAgents.Patterns;

/// <summary>
/// Starts the saga that it is sent to. Whoever sends it is told <see cref="SagaEnded"/>, unless it is a program outside,
/// which reads <see cref="SagaRead"/>. Refused as <c>saga.exists</c> where the saga has been started.
/// </summary>
/// <param name="Steps">The steps, in order: 1 to 100.</param>
/// <param name="IsSequence">Whether nothing is ever taken back; no step may have a compensation then.</param>
/// <param name="Tag">Any text, that comes back with the end; null for none.</param>
[Contract("saga.start")]
public sealed record SagaStart(IReadOnlyList<SagaStep> Steps, bool IsSequence = false, string? Tag = null);

/// <summary>Has a saga take back what it did, once the step that runs has ended. Does nothing where it takes back already, or is over.</summary>
[Contract("saga.cancel")]
public sealed record SagaCancel;

/// <summary>A saga is over. It comes once.</summary>
/// <param name="Id">The saga's key.</param>
/// <param name="Tag">The text that was given with the start.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Replies">The reply of each step, in order; null for one that was not done, or answered nothing.</param>
/// <param name="Failed">The step that failed, and why; null where all were done.</param>
/// <param name="Stuck">The steps, counted from 0, whose compensations were given up on: each is a dead letter, to be replayed.</param>
[Contract("saga.ended")]
public sealed record SagaEnded(
    string Id, string? Tag, SagaOutcome Outcome, IReadOnlyList<JsonElement?> Replies, SagaFailure? Failed, IReadOnlyList<int> Stuck)
{
    /// <summary>The reply of a step.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    /// <exception cref="JsonException">It does not fit <typeparamref name="TReply"/>.</exception>
    public TReply Reply<TReply>(int step) => Replies[step] is { } reply
        ? reply.Deserialize((System.Text.Json.Serialization.Metadata.JsonTypeInfo<TReply>)PayloadJson.Options.GetTypeInfo(typeof(TReply)))!
        : throw new InvalidOperationException($"Step {step} has no reply.");
}

/// <summary>Why a saga did not go through.</summary>
/// <param name="Step">The step, counted from 0.</param>
/// <param name="Code">The refusal's code; <c>saga.cancelled</c> where somebody cancelled, <c>saga.carry</c> where a reply lacks what the step carries on, <c>saga.too-large</c> where the replies became too large to keep.</param>
/// <param name="Reason">Its sentence.</param>
public sealed record SagaFailure(int Step, string Code, string Reason);

/// <summary>How a saga ended, or where it stands.</summary>
public enum SagaOutcome
{
    /// <summary>It is not over: steps are being done.</summary>
    Running,

    /// <summary>It is not over: what was done is being taken back.</summary>
    Compensating,

    /// <summary>Every step was done.</summary>
    Completed,

    /// <summary>A step failed or somebody cancelled, and everything done was taken back.</summary>
    Compensated,

    /// <summary>A step of a sequence failed; what was done before it stays done.</summary>
    Failed,

    /// <summary>A step failed, and not everything could be taken back.</summary>
    Stuck,
}

/// <summary>Reads where a saga stands. Refused as <c>saga.unknown</c> where it was never started, or is forgotten.</summary>
[Contract("saga.read")]
public sealed record SagaRead : IQuery<SagaReading>;

/// <summary>Where a saga stands.</summary>
/// <param name="Outcome">How it ended, or what it does.</param>
/// <param name="Starter">Who started it; null for a program outside.</param>
/// <param name="Tag">The text that was given with the start.</param>
/// <param name="Steps">Its steps.</param>
/// <param name="Failed">The step that failed, and why; null for none.</param>
public sealed record SagaReading(SagaOutcome Outcome, string? Starter, string? Tag, IReadOnlyList<SagaStepReading> Steps, SagaFailure? Failed);

/// <summary>One step of a saga, as it stands.</summary>
/// <param name="To">Whom it asks.</param>
/// <param name="Type">The contract's name.</param>
/// <param name="Progress">What became of it.</param>
/// <param name="Tries">How often it, or its compensation, was tried.</param>
/// <param name="Reply">Its reply; null for none.</param>
public sealed record SagaStepReading(string To, string Type, SagaProgress Progress, int Tries, JsonElement? Reply);

/// <summary>What became of a step.</summary>
public enum SagaProgress
{
    /// <summary>Its turn has not come.</summary>
    Waiting,

    /// <summary>It was done.</summary>
    Done,

    /// <summary>It was refused or failed, and left no trace.</summary>
    Failed,

    /// <summary>Whether it was done is unknown.</summary>
    Unknown,

    /// <summary>It was taken back.</summary>
    Compensated,

    /// <summary>Its compensation was given up on, and is a dead letter.</summary>
    Stuck,
}
