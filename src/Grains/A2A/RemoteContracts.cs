using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.A2A;

/// <summary>What an agent that stands for one elsewhere keeps: what is under way there.</summary>
internal sealed class RemoteState
{
    /// <summary>By the id of the message here that began it.</summary>
    public Dictionary<Guid, RemoteCall> Calls { get; set; } = [];
}

/// <summary>Something that is under way elsewhere for a message here.</summary>
internal sealed record RemoteCall
{
    /// <summary>The run that it is for; null where it was asked or told.</summary>
    public string? Run { get; init; }

    /// <summary>The conversation of the message; null for none.</summary>
    public string? Conversation { get; init; }

    /// <summary>Whether the answer is the JSON of a contract; else it is what an agent says.</summary>
    public bool IsContract { get; init; }

    /// <summary>Whether nobody waits for the answer.</summary>
    public bool IsTold { get; init; }

    /// <summary>The task there, as soon as it is known; null before, and where there is none.</summary>
    public string? Task { get; init; }

    /// <summary>The conversation there, as the other side named it; null where it named none.</summary>
    public string? Context { get; init; }

    /// <summary>The work here that carries it; null while nothing is done.</summary>
    public Guid? Work { get; init; }

    /// <summary>Whether the task waits for somebody here to say something.</summary>
    public bool IsWaiting { get; init; }

    /// <summary>Whether nobody here wants it any more.</summary>
    public bool IsOver { get; init; }

    /// <summary>What was said to it before the task was known.</summary>
    public IReadOnlyList<Saying> Unsaid { get; init; } = [];

    /// <summary>When something last happened.</summary>
    public DateTimeOffset At { get; init; }
}

/// <summary>Says something elsewhere.</summary>
/// <param name="Call">What it is for.</param>
/// <param name="Message">The id that it is sent with, however often.</param>
/// <param name="Parts">What.</param>
/// <param name="Skill">The contract that it is, by its name and version; null for talk.</param>
/// <param name="Task">The task that it is said in; null for a new one.</param>
/// <param name="Context">The conversation there; null for a new one.</param>
/// <param name="IsBeside">Whether the task is being followed already.</param>
/// <param name="Remarks">What is said of it beside its parts; null for nothing.</param>
[Contract("remote.send")]
internal sealed record RemoteSend(
    Guid Call, string Message, IReadOnlyList<Part> Parts, string? Skill, string? Task, string? Context, bool IsBeside = false, Remarks? Remarks = null);

/// <summary>What came of saying it: a task, an answer, or a fault. Exactly one of them.</summary>
/// <param name="Call">What it was for.</param>
/// <param name="Task">The task; null for none.</param>
/// <param name="Context">The conversation there; null where nobody said.</param>
/// <param name="Answer">The answer, where there is no task; null otherwise.</param>
/// <param name="Fault">Why nothing came of it; null otherwise.</param>
/// <param name="IsBeside">Whether the task is being followed already.</param>
[Contract("remote.sent")]
internal sealed record RemoteSent(Guid Call, string? Task = null, string? Context = null, IReadOnlyList<Part>? Answer = null, RemoteFault? Fault = null, bool IsBeside = false);

/// <summary>Follows a task elsewhere until it rests.</summary>
/// <param name="Call">What it is for.</param>
/// <param name="Task">The task.</param>
[Contract("remote.follow")]
internal sealed record RemoteFollow(Guid Call, string Task);

/// <summary>A task elsewhere rests: it is over, or waits for somebody here.</summary>
/// <param name="Call">What it is for.</param>
/// <param name="State">Where it stands; unspecified where that could not be found out.</param>
/// <param name="Said">What its agent said with it; null for nothing.</param>
/// <param name="Made">What it made, where that was reported to no run.</param>
/// <param name="Fault">Why it came to nothing; null where it did not.</param>
[Contract("remote.followed")]
internal sealed record RemoteFollowed(Guid Call, AgentTaskState State, IReadOnlyList<Part>? Said = null, IReadOnlyList<Artifact>? Made = null, RemoteFault? Fault = null);

/// <summary>Cancels a task elsewhere that nobody here wants any more.</summary>
/// <param name="Task">The task.</param>
[Contract("remote.cancel")]
internal sealed record RemoteCancel(string Task);

/// <summary>The task is cancelled, or over in another way.</summary>
[Contract("remote.cancel-done")]
internal sealed record RemoteCancelDone;

/// <summary>Why something elsewhere came to nothing.</summary>
/// <param name="Code">One of <see cref="RemoteCodes"/>.</param>
/// <param name="Reason">The sentence to it.</param>
/// <param name="RetryAfterMs">When to try again; null where nobody said.</param>
internal sealed record RemoteFault(string Code, string Reason, int? RetryAfterMs = null)
{
    public static RemoteFault Of(RemoteException e) => Of(e.ToRefusal());

    public static RemoteFault Of(Refusal refusal) => new(refusal.Code, refusal.Message, refusal.RetryAfterMs);

    public Refusal ToRefusal() => new(Code, Reason) { RetryAfterMs = RetryAfterMs };
}
