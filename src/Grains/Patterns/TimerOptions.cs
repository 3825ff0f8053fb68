using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Patterns;

/// <summary>How a message is told again and again. All that is null has its default.</summary>
public sealed record TimerOptions
{
    /// <summary>When it is told first, and from when on it is counted. Null for an interval from now.</summary>
    public DateTimeOffset? First { get; init; }

    /// <summary>After when it is told no more. Null for never.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>How often it is told at most. Null for no limit. 1 or more.</summary>
    public long? Count { get; init; }

    /// <summary>By how much each may come late, at random; it does not add up. Null for not at all. Less than the interval.</summary>
    public TimeSpan? Jitter { get; init; }

    /// <summary>What becomes of those whose time passed while no silo was there. One makes up for all, unless told.</summary>
    public MissedTicks Missed { get; init; }
}

/// <summary>Periodic work, started from a turn.</summary>
public static class TimerExtensions
{
    /// <summary>
    /// Has a message told again and again, from the commit on, until <see cref="StopEvery"/>. The times are counted from the
    /// first, so that they do not drift, and survive crashes. To say the same again changes nothing; something else begins
    /// anew. While one message is still on its way the next is left out, so that they do not pile up.
    /// </summary>
    /// <param name="context">The turn.</param>
    /// <param name="name">The timer's name, one for the whole cluster.</param>
    /// <param name="interval">The time from one to the next: 10 ms at least.</param>
    /// <param name="to">Whom to tell.</param>
    /// <param name="message">What: the record of a contract.</param>
    /// <param name="options">From when, until when, and how; null for the defaults.</param>
    /// <returns>The timer's address.</returns>
    /// <exception cref="ArgumentException">A setting is none; the message says which and why.</exception>
    /// <exception cref="FormatException"><paramref name="name"/> is no key of an address.</exception>
    /// <exception cref="InvalidOperationException">The turn is over, or is that of a query, or the message is no contract.</exception>
    public static AgentId Every<TMessage>(
        this AgentContext context, string name, TimeSpan interval, AgentId to, TMessage message, TimerOptions? options = null)
        where TMessage : notnull
    {
        var contract = Contract.Of(message.GetType());
        var start = new TimerStart(
            to.ToString(), contract.Name, System.Text.Json.JsonSerializer.SerializeToElement(message, contract.TypeInfo), interval, contract.Version,
            options?.First, options?.Until, options?.Count, options?.Jitter, options?.Missed ?? MissedTicks.Once);
        if (TimerPlan.FindFault(start) is { } fault)
        {
            throw new ArgumentException(fault, nameof(options));
        }

        var timer = PatternKinds.TimerOf(name);
        context.Tell(timer, start);
        return timer;
    }

    /// <summary>Stops a timer, after the commit. Does nothing where it does not run.</summary>
    /// <param name="context">The turn.</param>
    /// <param name="name">The timer's name.</param>
    /// <exception cref="FormatException"><paramref name="name"/> is no key of an address.</exception>
    /// <exception cref="InvalidOperationException">The turn is over, or is that of a query.</exception>
    public static void StopEvery(this AgentContext context, string name) => context.Tell(PatternKinds.TimerOf(name), new TimerStop());
}
