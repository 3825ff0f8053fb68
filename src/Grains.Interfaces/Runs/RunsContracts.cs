using OrleansAgents.Messaging;

namespace OrleansAgents.Runs;

/// <summary>Lists runs of whoever sends it, those first whose state changed last. It is sent to <see cref="RunAddress.IndexFor"/>.</summary>
/// <param name="Conversation">Only those of a conversation; null for all.</param>
/// <param name="State">Only those in a state; null for all.</param>
/// <param name="Agent">Only those of an agent; null for all.</param>
/// <param name="ChangedSince">Only those whose state changed at this time or later; null for all.</param>
/// <param name="Limit">At most that many, 1 to 1000.</param>
/// <param name="After">The run that the list goes on behind; null for its beginning. One that is gone since is refused, without <paramref name="AfterAt"/>.</param>
/// <param name="AfterAt">
/// When that run had come into its state as the list had it: the list goes on behind that place even where the run has moved
/// or is gone. Null to look for the run.
/// </param>
/// <param name="Kinds">Only those of agents of these kinds; null for all.</param>
[Contract("runs.list")]
public sealed record RunsList(
    string? Conversation = null, RunState? State = null, string? Agent = null, DateTimeOffset? ChangedSince = null, int Limit = 100, string? After = null,
    DateTimeOffset? AfterAt = null, IReadOnlyList<string>? Kinds = null) : IQuery<RunsPage>
{
    /// <summary>The most runs of a page.</summary>
    public const int MostRuns = 1000;
}

/// <summary>Runs of somebody.</summary>
/// <param name="Runs">The runs.</param>
/// <param name="Total">How many there are that match, on all pages.</param>
/// <param name="HasMore">Whether there are more behind these.</param>
public sealed record RunsPage(IReadOnlyList<RunNoted> Runs, int Total, bool HasMore);

/// <summary>What the list knows of a run. Sent by the run's agent with every change of its state.</summary>
/// <param name="Run">The run's id.</param>
/// <param name="Agent">Who does it.</param>
/// <param name="Conversation">The conversation that it belongs to.</param>
/// <param name="State">Where it stands.</param>
/// <param name="At">When it came into the state.</param>
/// <param name="IsForgotten">Whether it is to be listed no more.</param>
[Contract("runs.noted")]
public sealed record RunNoted(string Run, string Agent, string Conversation, RunState State, DateTimeOffset At, bool IsForgotten = false);
