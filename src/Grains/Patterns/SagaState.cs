using System.Text.Json;

namespace OrleansAgents.Patterns;

/// <summary>What a saga keeps.</summary>
internal sealed class SagaState : IPatternState
{
    public int Round { get; set; }

    public string? Starter { get; set; }

    public string? Tag { get; set; }

    public bool IsSequence { get; set; }

    /// <summary>How it ended, or what it does; null where it was never started.</summary>
    public SagaOutcome? Outcome { get; set; }

    public List<SagaStepState> Steps { get; set; } = [];

    public SagaFailure? Failed { get; set; }

    public bool IsCancelled { get; set; }

    /// <summary>The step that is being done, or taken back.</summary>
    public int Current { get; set; }

    /// <summary>The message of that step, the same in every try.</summary>
    public Guid Message { get; set; }

    public DateTimeOffset Since { get; set; }

    /// <summary>The question that is open; the nil UUID for none.</summary>
    public Guid Question { get; set; }
}

/// <summary>One step, and what became of it.</summary>
internal sealed class SagaStepState
{
    public required SagaStep Step { get; set; }

    public SagaProgress Progress { get; set; }

    public int Tries { get; set; }

    public JsonElement? Reply { get; set; }
}
