namespace OrleansAgents.Intelligence;

/// <summary>What a budget keeps. Its size is bounded by the limits, the open reservations and the last that were closed.</summary>
internal sealed class BudgetState
{
    /// <summary>What was ever spent.</summary>
    public Spending Total { get; set; } = Spending.None;

    /// <summary>What was spent of each limit, by its name, the oldest slot first.</summary>
    public Dictionary<string, List<SpendingSlot>> Limits { get; set; } = new(StringComparer.Ordinal);

    /// <summary>What is set aside, by the id of the message that asked for it.</summary>
    public Dictionary<Guid, Reservation> Open { get; set; } = [];

    /// <summary>What was set aside and is over, the latest last, to know a repeat by.</summary>
    public List<ClosedReservation> Closed { get; set; } = [];
}

/// <summary>What was spent in a part of a limit's window.</summary>
/// <param name="From">When the part begins.</param>
/// <param name="Until">When it has left the window, and counts no more.</param>
/// <param name="Spent">What was spent in it.</param>
internal sealed record SpendingSlot(DateTimeOffset From, DateTimeOffset Until, Spending Spent);

/// <summary>Something set aside.</summary>
internal sealed record Reservation(string Owner, Spending Estimate, DateTimeOffset ExpiresAt);

/// <summary>Something that was set aside. <paramref name="Expired"/> is what counted as spent because nobody settled it; null where somebody did.</summary>
internal sealed record ClosedReservation(Guid Id, string Owner, DateTimeOffset ExpiresAt, Spending? Expired);
