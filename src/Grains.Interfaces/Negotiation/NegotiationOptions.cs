namespace OrleansAgents.Negotiation;

/// <summary>How a negotiation goes. All that is null has its default; no step outlasts the deadline.</summary>
public sealed record NegotiationOptions
{
    /// <summary>The longest that a negotiation can take, or be kept.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromDays(3660);

    /// <summary>The most rounds of counter-offers there can be.</summary>
    public const int MostRounds = 16;

    /// <summary>How long proposals may take. Null for a third of the time to the deadline.</summary>
    public TimeSpan? ProposeWithin { get; init; }

    /// <summary>How long the answers to one round of counter-offers may take. Null for a tenth of the time to the deadline.</summary>
    public TimeSpan? CounterWithin { get; init; }

    /// <summary>How long the initiator may take to rank the offers. Null for 30 seconds.</summary>
    public TimeSpan? ScoreWithin { get; init; }

    /// <summary>How long a participant may take to answer the award; then it is taken back. Null for 30 seconds.</summary>
    public TimeSpan? AwardWithin { get; init; }

    /// <summary>How many rounds of counter-offers there may be, 0 to <see cref="MostRounds"/>. 0, unless told: the best first offer wins.</summary>
    public int Rounds { get; init; }

    /// <summary>
    /// By which part of the best value the others are asked to better it in each round, where the scoring is by one field:
    /// above 0 and below 1. 0.05, one twentieth, unless told.
    /// </summary>
    public double CounterBy { get; init; } = 0.05;

    /// <summary>
    /// The value that is good enough, where the scoring is by one field: no round follows once an offer has it, no
    /// counter-offer asks for more, and the best is asked for it, too. Null for none.
    /// </summary>
    public double? Target { get; init; }

    /// <summary>
    /// What a participant owes that does not take the award, or withdraws after it: a number that is told to all with the
    /// call and noted in the record. What it means is between the agents. 0 unless told.
    /// </summary>
    public decimal Penalty { get; init; }

    /// <summary>How long the record can be read after the end. Null for 7 days.</summary>
    public TimeSpan? KeepFor { get; init; }

    /// <summary>Any text, that the initiator knows the outcome by; null for none.</summary>
    public string? Tag { get; init; }

    /// <summary>What is wrong, as a sentence with the setting and the remedy; null when all is well.</summary>
    internal string? FindFault()
    {
        foreach (var (name, time) in ((string, TimeSpan?)[])[
            (nameof(ProposeWithin), ProposeWithin), (nameof(CounterWithin), CounterWithin), (nameof(ScoreWithin), ScoreWithin),
            (nameof(AwardWithin), AwardWithin), (nameof(KeepFor), KeepFor)])
        {
            if (time <= TimeSpan.Zero)
            {
                return $"NegotiationOptions.{name} must be above zero, or null for its default.";
            }
        }

        return KeepFor > Longest ? $"NegotiationOptions.KeepFor must be {Longest.Days} days at most."
            : Rounds is < 0 or > MostRounds ? $"NegotiationOptions.Rounds must be 0 to {MostRounds}; 0 is the default."
            : !(CounterBy is > 0 and < 1) ? "NegotiationOptions.CounterBy must be above 0 and below 1; 0.05 is the default."
            : Target is { } target && !double.IsFinite(target) ? "NegotiationOptions.Target must be a finite number, or null for none."
            : Penalty < 0 ? "NegotiationOptions.Penalty must be 0 or more; 0 is the default."
            : null;
    }
}
