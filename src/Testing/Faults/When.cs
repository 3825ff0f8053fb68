namespace OrleansAgents.Testing.Faults;

/// <summary>
/// Which messages, or which commits, a fault strikes. The choice depends on the plan's seed, on the link or the agent and
/// on the number of the message there; threads and times have no part in it.
/// </summary>
public sealed class When
{
    private readonly double _probability;
    private readonly int[]? _numbers;

    private When(double probability, int[]? numbers)
    {
        _probability = probability;
        _numbers = numbers;
    }

    /// <summary>Every time, repeats included: nothing gets through for as long as the plan is not paused.</summary>
    public static When Always { get; } = new(1, numbers: null);

    /// <summary>By lot, anew for each try of each message.</summary>
    /// <param name="probability">From 0 for never to 1 for always.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not between 0 and 1.</exception>
    public static When Chance(double probability) => probability is >= 0 and <= 1
        ? new(probability, numbers: null)
        : throw new ArgumentOutOfRangeException(nameof(probability), probability, "A probability is between 0 and 1.");

    /// <summary>
    /// The messages of these numbers, counted from 1 on each link by itself, or the commits of each agent. Only the first
    /// try of a message is struck, so its repeat gets through.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no number, or one is below 1.</exception>
    public static When Number(params int[] numbers) => numbers.Length > 0 && numbers.All(n => n >= 1)
        ? new(0, [.. numbers])
        : throw new ArgumentOutOfRangeException(nameof(numbers), "Numbers count from 1.");

    internal bool Strikes(int number, int attempt, double roll) =>
        _numbers is null ? roll < _probability : attempt == 1 && _numbers.Contains(number);
}
