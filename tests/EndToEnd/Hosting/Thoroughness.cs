using System.Globalization;

namespace OrleansAgents.Tests.Hosting;

/// <summary>How often tests do what is random: as often as every change can wait for, or more when told.</summary>
internal static class Thoroughness
{
    private static readonly int Factor =
        int.TryParse(Environment.GetEnvironmentVariable("AGENTS_TEST_SEED_FACTOR"), CultureInfo.InvariantCulture, out var factor) && factor > 0 ? factor : 1;

    public static int Times(int count) => count * Factor;
}
