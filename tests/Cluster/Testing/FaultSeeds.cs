using System.Globalization;

namespace OrleansAgents.Tests.Testing;

/// <summary>The seeds of tests in which everything goes wrong by chance.</summary>
internal static class FaultSeeds
{
    // More than every change can wait for: AGENTS_TEST_SEED_FACTOR=20 tries twenty times as many.
    private static readonly int Factor =
        int.TryParse(Environment.GetEnvironmentVariable("AGENTS_TEST_SEED_FACTOR"), CultureInfo.InvariantCulture, out var factor) && factor > 0 ? factor : 1;

    public static IEnumerable<int> Take(int count) => Enumerable.Range(1, count * Factor);
}
