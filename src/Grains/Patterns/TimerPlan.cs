namespace OrleansAgents.Patterns;

/// <summary>Decides when a timer tells its message. Pure: it is told the time and the dice.</summary>
internal sealed class TimerPlan(TimerState state)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10);

    private TimerStart Timer => state.Timer!;

    /// <summary>When the next tick is due, jitter apart.</summary>
    public DateTimeOffset Next => state.From + (Timer.Interval * state.Tick);

    public static string? FindFault(TimerStart timer) =>
        PatternCheck.FindFault(timer.To, timer.Type, timer.Version, timer.Payload) is { } fault ? $"A timer's message: {fault}."
        : timer.Interval < Shortest ? "A timer's interval is 10 ms at least."
        : timer.Interval > TimeSpan.FromDays(3660) ? "A timer's interval is 10 years at most."
        : timer.Count < 1 ? "A timer's count is 1 or more."
        : timer.Jitter < TimeSpan.Zero || timer.Jitter >= timer.Interval ? "A timer's jitter is less than its interval, and not below zero."
        : null;

    public void Start(string owner, TimerStart timer, DateTimeOffset now, double dice)
    {
        (state.Owner, state.Timer, state.From) = (owner, timer, timer.First ?? now + timer.Interval);
        (state.Told, state.LeftOut, state.Last, state.IsRunning) = (0, 0, null, true);
        // What should have been before anybody said so was not missed.
        state.Tick = state.From < now ? (long)Math.Ceiling((now - state.From) / timer.Interval) : 0;
        Arm(dice);
    }

    /// <summary>The time has come; true when the message is to be told.</summary>
    /// <param name="now">When it is.</param>
    /// <param name="isUnderWay">Whether the message before is still on its way.</param>
    /// <param name="dice">From 0 to 1.</param>
    public bool Fire(DateTimeOffset now, bool isUnderWay, double dice)
    {
        var late = now - state.DueAt;
        var passed = late > TimeSpan.Zero ? (long)(late / Timer.Interval) : 0;
        var tells = Timer.Missed switch
        {
            MissedTicks.All => true,
            MissedTicks.None => passed == 0 && !isUnderWay,
            _ => !isUnderWay,
        };
        var done = Timer.Missed == MissedTicks.All ? 1 : passed + 1;
        state.Tick += done;
        state.LeftOut += tells ? done - 1 : done;
        if (tells)
        {
            (state.Told, state.Last) = (state.Told + 1, now);
        }

        Arm(dice);
        return tells;
    }

    private void Arm(double dice)
    {
        state.DueAt = Next + ((Timer.Jitter ?? TimeSpan.Zero) * dice);
        state.IsRunning = !(Next > Timer.Until) && !(state.Told >= Timer.Count);
    }
}
