using OrleansAgents.Tests.Hosting;

namespace OrleansAgents.Tests.Deploy;

/// <summary>Runs the real command line against silos that are there.</summary>
internal static class CommandLine
{
    private const int NoSilo = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Starts it again where it found no silo, and so has sent nothing: a busy machine may take longer to connect than
    /// the command waits, and a silo that was just killed is in the list for a moment.
    /// </summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(
        string? input, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        while (true)
        {
            await using var program = RunningProgram.Start(Programs.Agents, arguments, input, environment);
            var code = await program.ExitAsync(TestContext.Current.CancellationToken);
            if (code != NoSilo || patience.IsCancellationRequested)
            {
                return (code, program.Output, program.Error);
            }
        }
    }
}
