using OrleansAgents.Messaging;

namespace OrleansAgents.Runs;

/// <summary>Follows a run from outside a turn. Served by the agent of the run.</summary>
[Alias("agents.IRunGrain")]
public interface IRunGrain : IGrainWithStringKey
{
    /// <summary>
    /// The events of the run's log from a place on, until the one that makes it final. The request passes the gate as every
    /// message does; where that refuses it, its refusal is all that comes. Throws when the silo that serves it goes.
    /// </summary>
    /// <param name="request">A message of the contract <c>run.follow</c> to the run's agent.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    [Alias("Follow")]
    IAsyncEnumerable<RunReading> FollowAsync(Envelope request, CancellationToken cancellationToken);
}

/// <summary>What following a run brings.</summary>
/// <param name="Sequence">The event's place.</param>
/// <param name="Event">The event, a <see cref="RunEvent"/> as UTF-8 JSON; null at the end, and where it may not be read.</param>
/// <param name="Answer">Why it may not be read, and then nothing more comes; accepted beside an event and at the run's end.</param>
[GenerateSerializer, Immutable, Alias("agents.RunReading")]
public sealed record RunReading([property: Id(0)] long Sequence, [property: Id(1)] byte[]? Event, [property: Id(2)] Reply Answer);
