namespace OrleansAgents.Testing.Faults;

/// <summary>
/// Numbers that look random and depend on nothing but what is passed in. The hash is our own, because a failing seed must
/// fail again in another process, on another machine and with the next runtime.
/// </summary>
internal static class Dice
{
    /// <summary>A number from 0 up to, and not including, 1.</summary>
    public static double Roll(int seed, int rule, string subject, int number, int attempt, int purpose = 0)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in subject)
        {
            hash = (hash ^ c) * 1099511628211UL;
        }

        hash = Mix(hash ^ Join(seed, rule));
        hash = Mix(hash ^ Join(number, attempt));
        hash = Mix(hash + (uint)purpose);
        return (hash >> 11) * (1.0 / (1UL << 53));
    }

    private static ulong Join(int high, int low) => Mix(((ulong)(uint)high << 32) | (uint)low);

    // The finalizer of SplitMix64: every bit of the input changes half the bits of the output.
    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
