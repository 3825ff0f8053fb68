using System.Text.Json;
using System.Text.Json.Serialization;
using OrleansAgents.Messaging;

namespace OrleansAgents.Runs;

/// <summary>
/// Starts the run that it is sent to: the agent is sent the message, in the name of who starts the run, until it answers.
/// An agent that knows nothing of runs completes it with its answer. The headers of the start are those of the message.
/// </summary>
/// <param name="Agent">Who is to do it.</param>
/// <param name="Type">The message's contract.</param>
/// <param name="Payload">The message's payload, a JSON object.</param>
/// <param name="Version">The contract's version.</param>
/// <param name="WithinMs">How long it may take, in milliseconds, before it fails; null for the silo's <c>RunOptions.Within</c>.</param>
/// <param name="Tell">Whether who starts it is told how it ended, with <see cref="RunEnded"/>; for agents that handle it.</param>
/// <param name="Opening">What the run's history begins with, as its owner's words; null for nothing, the payload being no part of the history.</param>
[Contract("run.start")]
public sealed record RunStart(
    string Agent, string Type, JsonElement Payload, int Version = 1, long? WithinMs = null, bool Tell = false, Saying? Opening = null) : IRequest<RunStatus>;

/// <summary>Where a run stands.</summary>
/// <param name="Run">The run's id.</param>
/// <param name="State">The state.</param>
/// <param name="Sequence">The place of the last event of its log.</param>
/// <param name="At">When it came into the state.</param>
public sealed record RunStatus(string Run, RunState State, long Sequence, DateTimeOffset At);

/// <summary>Says something to a run's agent, in its owner's name. One that waited for it goes on.</summary>
/// <param name="Parts">What, one part or more.</param>
/// <param name="Id">The saying's id, where its maker has one; null for that of the message.</param>
/// <param name="Remarks">What its maker says of it beside that; null for nothing.</param>
[Contract("run.say")]
public sealed record RunSay(
    IReadOnlyList<Part> Parts, string? Id = null, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Remarks? Remarks = null) : IRequest<RunStatus>;

/// <summary>Cancels the run that it is sent to. One that is cancelled stays so; any other final run refuses it.</summary>
[Contract("run.cancel")]
public sealed record RunCancel : IRequest<RunStatus>;

/// <summary>Reads the run that it is sent to.</summary>
/// <param name="History">How many of the latest sayings are wanted, 0 for none; null for all.</param>
/// <param name="Artifacts">Whether artifacts are wanted.</param>
[Contract("run.read")]
public sealed record RunRead(int? History = null, bool Artifacts = true) : IQuery<RunSnapshot>;

/// <summary>A run as it stands.</summary>
/// <param name="Run">Its id.</param>
/// <param name="Agent">Who does it.</param>
/// <param name="Owner">Who started it.</param>
/// <param name="Conversation">The conversation that it belongs to.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Code">Why it failed or was rejected; null otherwise.</param>
/// <param name="Progress">How much of it is done, from 0 to 1; null where nobody said.</param>
/// <param name="Created">When it was started.</param>
/// <param name="At">When it came into its state.</param>
/// <param name="Until">When its time is over.</param>
/// <param name="Message">What was said with the state; null for nothing.</param>
/// <param name="Artifacts">What it made so far.</param>
/// <param name="History">What was said, in order.</param>
/// <param name="Sequence">The place of the last event that this includes: whoever goes on reading behind it misses nothing.</param>
public sealed record RunSnapshot(
    string Run, string Agent, string Owner, string Conversation, RunState State, string? Code, double? Progress, DateTimeOffset Created, DateTimeOffset At,
    DateTimeOffset Until, Saying? Message, IReadOnlyList<Artifact> Artifacts, IReadOnlyList<Saying> History, long Sequence);

/// <summary>What its owner or its agent said in a run.</summary>
/// <param name="Id">Its id.</param>
/// <param name="ByOwner">Whether the owner said it; else the agent did.</param>
/// <param name="Parts">What.</param>
/// <param name="Remarks">What its maker says of it beside that; null for nothing.</param>
public sealed record Saying(
    string Id, bool ByOwner, IReadOnlyList<Part> Parts, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Remarks? Remarks = null);

/// <summary>Something that a run made.</summary>
/// <param name="Id">Its id within the run.</param>
/// <param name="Parts">What.</param>
/// <param name="Name">What people call it; null for nothing.</param>
/// <param name="Description">What it is; null for nothing.</param>
/// <param name="Append">Whether the parts go behind those that are there; else they take their place.</param>
/// <param name="Last">Whether nothing more will be appended, as far as its maker knows.</param>
public sealed record Artifact(string Id, IReadOnlyList<Part> Parts, string? Name = null, string? Description = null, bool Append = false, bool Last = false);

/// <summary>What an agent reports of a run that it has taken. It comes from that agent and from nobody else.</summary>
/// <param name="State">The new state; null for the one it has.</param>
/// <param name="Message">What it says with it; null for nothing.</param>
/// <param name="Artifact">What it made; null for nothing.</param>
/// <param name="Progress">How much is done, from 0 to 1; null for nothing new.</param>
/// <param name="Code">With a failure or a rejection, why; null for none.</param>
/// <param name="Writer">
/// Which attempt at the work writes the artifact: what another one says of it is refused with
/// <see cref="RunCodes.Superseded"/>. Null where there is only one.
/// </param>
/// <param name="Replaces">
/// The attempt that <paramref name="Writer"/> takes the place of; null for none. The same as <paramref name="Writer"/>: the
/// artifact is whole, and of one that this attempt has written piece by piece only its end is noted.
/// </param>
[Contract("run.report")]
public sealed record RunReport(
    RunState? State = null, IReadOnlyList<Part>? Message = null, Artifact? Artifact = null, double? Progress = null, string? Code = null, Guid? Writer = null,
    Guid? Replaces = null);

/// <summary>Asks a run, by its agent, which attempt at the work writes an artifact.</summary>
/// <param name="Artifact">The artifact's id.</param>
[Contract("run.writer")]
internal sealed record RunWriterRead(string Artifact) : IQuery<RunWriterOf>;

/// <summary>Who writes an artifact.</summary>
/// <param name="Writer">The attempt; null for none.</param>
internal sealed record RunWriterOf(Guid? Writer);

/// <summary>An entry of a run's log.</summary>
/// <param name="Sequence">Its place, counting from 1 without gaps.</param>
/// <param name="At">When.</param>
/// <param name="State">The new state; null for no change.</param>
/// <param name="Message">What was said; null for nothing.</param>
/// <param name="Artifact">What was made; null for nothing.</param>
/// <param name="Progress">How much is done; null for nothing new.</param>
/// <param name="Code">Why it failed or was rejected; null otherwise.</param>
[Contract(ContractName)]
public sealed record RunEvent(
    long Sequence, DateTimeOffset At, RunState? State = null, Saying? Message = null, Artifact? Artifact = null, double? Progress = null, string? Code = null)
{
    /// <summary>The contract's name.</summary>
    public const string ContractName = "run.event";
}

/// <summary>Tells an agent that it was said something in a run that it has taken.</summary>
/// <param name="Run">The run's id.</param>
/// <param name="Said">What was said.</param>
[Contract("run.said")]
public sealed record RunSaid(string Run, Saying Said);

/// <summary>Tells an agent that a run which it has taken is over: cancelled, or out of time. What it reports of it changes nothing any more.</summary>
/// <param name="Run">The run's id.</param>
[Contract("run.over")]
public sealed record RunOver(string Run);

/// <summary>Tells an agent how a run ended that it started.</summary>
/// <param name="Run">The run's id.</param>
/// <param name="State">The final state.</param>
/// <param name="Code">Why it failed or was rejected; null otherwise.</param>
[Contract("run.ended")]
public sealed record RunEnded(string Run, RunState State, string? Code);

/// <summary>
/// Reads the log of the run that it is sent to, from behind a place. Asked, it answers with what is there; by
/// <see cref="IRunGrain"/> it brings what comes, too.
/// </summary>
/// <param name="After">The place of the last event that is not wanted; 0 for all.</param>
/// <param name="Limit">At most that many events, 1 to 1000, where it is asked.</param>
[Contract("run.follow")]
public sealed record RunFollow(long After = 0, int Limit = RunFollow.MostEvents) : IQuery<RunEvents>
{
    /// <summary>The most events of a page.</summary>
    public const int MostEvents = 1000;
}

/// <summary>Events of a run's log.</summary>
/// <param name="Events">The events, in order.</param>
/// <param name="IsOver">Whether there are no more, and will be none.</param>
public sealed record RunEvents(IReadOnlyList<RunEvent> Events, bool IsOver);

/// <summary>The answer of an agent that has taken a run, in the place of its handler's: it will report.</summary>
/// <param name="TakenRun">The run's id.</param>
internal sealed record RunTaken(string TakenRun);

/// <summary>The codes of refusals about runs.</summary>
public static class RunCodes
{
    /// <summary>There is no such run, or it is somebody else's.</summary>
    public const string Unknown = "run.unknown";

    /// <summary>A run of this id was started before.</summary>
    public const string Exists = "run.exists";

    /// <summary>The run is over.</summary>
    public const string Final = "run.final";

    /// <summary>The run's agent takes no more sayings.</summary>
    public const string NotListening = "run.not-listening";

    /// <summary>Another attempt at the work writes the artifact by now.</summary>
    public const string Superseded = "run.superseded";

    /// <summary>The run has more events, or larger ones, than a run may have.</summary>
    public const string Full = "run.full";
}
