namespace OrleansAgents.Testing.Faults;

/// <summary>
/// Faults of the messages on links. Times run on the cluster's clock: where the test controls it, it must advance it.
/// </summary>
public sealed class LinkFaults
{
    private readonly FaultPlan _plan;
    private readonly AddressPattern _from, _to;

    internal LinkFaults(FaultPlan plan, AddressPattern from, AddressPattern to) => (_plan, _from, _to) = (plan, from, to);

    /// <inheritdoc cref="FaultKind.DropRequest"/>
    public LinkFaults DropRequest(When when) => Add(FaultKind.DropRequest, when);

    /// <inheritdoc cref="FaultKind.DropReply"/>
    public LinkFaults DropReply(When when) => Add(FaultKind.DropReply, when);

    /// <summary>The message arrives later, by a time between the two; the seed decides which.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A time is negative, or the longest is the shorter one.</exception>
    public LinkFaults Delay(When when, TimeSpan shortest, TimeSpan longest)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shortest, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(longest, shortest);
        return Add(FaultKind.Delay, when, shortest, longest);
    }

    /// <summary>The message arrives later by <paramref name="time"/>.</summary>
    /// <inheritdoc cref="Delay(When, TimeSpan, TimeSpan)" path="/exception"/>
    public LinkFaults Delay(When when, TimeSpan time) => Delay(when, time, time);

    /// <inheritdoc cref="FaultKind.Duplicate"/>
    public LinkFaults Duplicate(When when) => Add(FaultKind.Duplicate, when);

    /// <summary>
    /// The message arrives behind the next one of its link, or after <paramref name="patience"/> when none comes. An
    /// agent sends to one recipient one message after the other, each when the one before is answered; so only messages
    /// that a client has on their way at the same time, and a turn's asks, can overtake each other.
    /// </summary>
    /// <param name="when">Which messages are overtaken.</param>
    /// <param name="patience">How long to wait for a next one; null for 100 ms.</param>
    /// <exception cref="ArgumentOutOfRangeException">The patience is negative.</exception>
    public LinkFaults Reorder(When when, TimeSpan? patience = null)
    {
        var time = patience ?? TimeSpan.FromMilliseconds(100);
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero, nameof(patience));
        return Add(FaultKind.Reorder, when, time, time);
    }

    private LinkFaults Add(FaultKind kind, When when, TimeSpan least = default, TimeSpan most = default)
    {
        ArgumentNullException.ThrowIfNull(when);
        _plan.Add(kind, _from, _to, when, least, most);
        return this;
    }
}
