using System.Text.Json;
using OrleansAgents.Messaging;

namespace OrleansAgents.Patterns;

/// <summary>
/// Has a timer tell a message again and again. Sent again unchanged by the same agent it changes nothing; changed, the
/// timer begins anew. A timer belongs to whoever started it: another is refused as <c>timer.taken</c> while it runs.
/// </summary>
/// <param name="To">Whom to tell.</param>
/// <param name="Type">The contract's name.</param>
/// <param name="Payload">The payload, a JSON object.</param>
/// <param name="Interval">The time from one to the next: 10 ms at least.</param>
/// <param name="Version">The contract's version.</param>
/// <param name="First">When it is told first, and from when on it is counted; null for an interval from now.</param>
/// <param name="Until">After when it is told no more; null for never.</param>
/// <param name="Count">How often it is told at most; null for no limit. 1 or more.</param>
/// <param name="Jitter">By how much each may come late at random, less than the interval; null for not at all. It does not add up.</param>
/// <param name="Missed">What becomes of those whose time passed while no silo was there.</param>
[Contract("timer.start")]
public sealed record TimerStart(
    string To, string Type, JsonElement Payload, TimeSpan Interval, int Version = 1, DateTimeOffset? First = null,
    DateTimeOffset? Until = null, long? Count = null, TimeSpan? Jitter = null, MissedTicks Missed = MissedTicks.Once);

/// <summary>What becomes of ticks whose time passed unused.</summary>
public enum MissedTicks
{
    /// <summary>They are made up for by one, at once.</summary>
    Once,

    /// <summary>They are made up for one by one, at once.</summary>
    All,

    /// <summary>They are left out.</summary>
    None,
}

/// <summary>Stops a timer: it tells nothing more. Does nothing where it does not run.</summary>
[Contract("timer.stop")]
public sealed record TimerStop;

/// <summary>Reads how a timer is set. Refused as <c>timer.unknown</c> where there is none, or it is forgotten.</summary>
[Contract("timer.read")]
public sealed record TimerRead : IQuery<TimerReading>;

/// <summary>How a timer is set, and how far it is.</summary>
/// <param name="Owner">Who started it.</param>
/// <param name="Timer">What it was told.</param>
/// <param name="Told">How often it told its message.</param>
/// <param name="LeftOut">How many ticks it left out, because their time had passed or the message before was still on its way.</param>
/// <param name="Last">When it told it last; null for not yet.</param>
/// <param name="Next">When the next is due, jitter apart; null where it runs no more.</param>
public sealed record TimerReading(string Owner, TimerStart Timer, long Told, long LeftOut, DateTimeOffset? Last, DateTimeOffset? Next);
