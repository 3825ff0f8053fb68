using System.Globalization;
using OrleansAgents.Agents;
using OrleansAgents.Topics;

namespace OrleansAgents.Endpoints;

/// <summary>Where a stream of events begins, as its request says it.</summary>
internal static class EventStart
{
    /// <summary>Behind the event that the caller had last, which a browser that comes back says by itself; else where the parameters say.</summary>
    /// <param name="request">The request.</param>
    /// <param name="now">The time of now, for one that says nothing.</param>
    /// <exception cref="AgentRefusedException">What it says is no place.</exception>
    public static TopicStart Read(HttpRequest request, DateTimeOffset now)
    {
        var (after, from) = (request.Query["after"], request.Query["from"]);
        if (request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } last)
        {
            return Behind("header Last-Event-ID", last);
        }

        return (after, from) switch
        {
            ([], []) => TopicStart.At(now),
            ([{ } position], []) => Behind("parameter 'after'", position),
            ([], ["beginning"]) => TopicStart.Beginning,
            // By the clock, for an event that is published as soon as the answer begins may be there before the reading is.
            ([], ["now"]) => TopicStart.At(now),
            ([], [{ } time]) when time.Contains(':', StringComparison.Ordinal) && DateTimeOffset.TryParse(
                time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) => TopicStart.At(at),
            ([], _) => throw Refuse("The parameter 'from' is beginning, now, or a time such as 2026-01-31T12:00:00Z."),
            _ => throw Refuse("The parameters 'after' and 'from' are given once, and only one of them."),
        };
    }

    private static TopicStart Behind(string where, string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            ? TopicStart.After(position)
            : throw Refuse($"The {where} is the position of an event, such as 17.");

    private static AgentRefusedException Refuse(string message) => new(HttpCodes.BadParameter, message);
}
