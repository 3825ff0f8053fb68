using OrleansAgents.Messaging;

namespace OrleansAgents.Runs;

/// <summary>Has an agent told of the events of the run that it is sent to, and lets it read the log. From the run's owner.</summary>
/// <param name="Agent">The agent; it handles <see cref="RunMoved"/>.</param>
[Contract("run.watch")]
internal sealed record RunWatch(string Agent) : IRequest<RunWatched>;

/// <summary>Where a run stands that is watched from now on.</summary>
/// <param name="Conversation">The conversation that it belongs to.</param>
/// <param name="State">The state.</param>
/// <param name="Sequence">The place of the last event of its log.</param>
internal sealed record RunWatched(string Conversation, RunState State, long Sequence);

/// <summary>Tells an agent that the log of a run has grown.</summary>
/// <param name="Run">The run's id.</param>
/// <param name="Sequence">The place of its last event.</param>
/// <param name="IsOver">Whether nothing follows.</param>
[Contract("run.moved")]
internal sealed record RunMoved(string Run, long Sequence, bool IsOver);
