using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using OrleansAgents.Tests.Hosting;

namespace OrleansAgents.Tests.Deploy;

/// <summary>What deploy/local-cluster.sh started.</summary>
internal sealed partial class LocalCluster : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private LocalCluster(RunningProgram program) => Program = program;

    public static string Script { get; } = Path.Combine(Programs.Repository, "deploy", "local-cluster.sh");

    public RunningProgram Program { get; }

    public IReadOnlyList<int> Silos => [.. SiloRow().Matches(Program.Output).Select(row => int.Parse(row.Groups["pid"].ValueSpan, CultureInfo.InvariantCulture))];

    public IReadOnlyList<string> Gateways => [.. SiloRow().Matches(Program.Output).Select(row => row.Groups["gateway"].Value)];

    public string Redis => RedisRow().Match(Program.Output).Groups["address"].Value;

    public IReadOnlyList<int> Processes => [.. Silos, int.Parse(RedisRow().Match(Program.Output).Groups["pid"].ValueSpan, CultureInfo.InvariantCulture)];

    public static async Task<LocalCluster> StartAsync(int silos, string directory)
    {
        var cluster = new LocalCluster(RunningProgram.Run("bash", [Script, $"{silos}", "--no-build", "--dir", directory]));
        try
        {
            await cluster.Program.LineAsync("The cluster is ready", TestContext.Current.CancellationToken).WaitAsync(Patience, TimeProvider.System);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public static bool Runs(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return !found.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    public Task<(int ExitCode, string Output, string Error)> AgentsAsync(params string[] arguments) => CommandLine.RunAsync(null, [.. arguments, "--redis", Redis]);

    public Task<int> EndedAsync() => Program.ExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        // Killed, the script could not end what it started.
        if (Runs(Program.ProcessId))
        {
            Program.Terminate();
            await EndedAsync();
        }

        await Program.DisposeAsync();
    }

    [GeneratedRegex(@"^\d+ +(?<pid>\d+) +http://\S+ +\S+ +(?<gateway>\S+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SiloRow();

    [GeneratedRegex(@"^Redis: +(?<address>\S+) \(pid (?<pid>\d+)\)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RedisRow();
}
