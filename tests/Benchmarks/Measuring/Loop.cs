using System.Diagnostics;

namespace OrleansAgents.Tests.Measuring;

/// <summary>One thread that does one thing over and over.</summary>
internal sealed class Loop(Action step) : Variant
{
    private const int StepsPerLook = 64;

    protected override Task<long> LoadAsync(long end)
    {
        var steps = 0L;
        while (Stopwatch.GetTimestamp() < end)
        {
            for (var i = 0; i < StepsPerLook; i++)
            {
                step();
            }

            steps += StepsPerLook;
        }

        return Task.FromResult(steps);
    }
}
