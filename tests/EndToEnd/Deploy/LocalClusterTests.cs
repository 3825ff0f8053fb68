using System.Diagnostics;
using OrleansAgents.Tests.Hosting;

namespace OrleansAgents.Tests.Deploy;

[Collection(nameof(Deploy))]
public sealed class LocalClusterTests : IDisposable
{
    private readonly string _directory = System.IO.Directory.CreateTempSubdirectory("agents-test-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cluster_Terminated_LeavesNothingRunningAndGoesOnWithItsDataWhenStartedAgain()
    {
        await using (var cluster = await LocalCluster.StartAsync(2, _directory))
        {
            Assert.Equal(2, cluster.Gateways.Distinct(StringComparer.Ordinal).Count());
            await AskAsync(cluster, """{"value":2}""", "counter.add", """{"amount":2}""");
            Assert.All(cluster.Processes, process => Assert.True(LocalCluster.Runs(process)));
            cluster.Program.Terminate();
            Assert.Equal(0, await cluster.EndedAsync());
            Assert.DoesNotContain(cluster.Processes, LocalCluster.Runs);
            Assert.Empty(cluster.Program.Error);
        }

        await using var again = await LocalCluster.StartAsync(1, _directory);
        await AskAsync(again, """{"value":2}""", "counter.read", "{}");
    }

    [Fact]
    public async Task Cluster_ThatLosesItsSilos_TellsOfEachAndEndsWithOne()
    {
        await using var cluster = await LocalCluster.StartAsync(2, _directory);
        Kill(cluster.Silos[0]);
        await AskAsync(cluster, """{"value":1}""", "counter.add", """{"amount":1}""");
        Assert.True(LocalCluster.Runs(cluster.Program.ProcessId));
        Kill(cluster.Silos[1]);
        Assert.Equal(1, await cluster.EndedAsync());
        Assert.Contains($"Silo 1 (pid {cluster.Silos[0]}) ended with exit code 137", cluster.Program.Error, StringComparison.Ordinal);
        Assert.Contains($"Silo 2 (pid {cluster.Silos[1]}) ended with exit code 137", cluster.Program.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(cluster.Processes, LocalCluster.Runs);
    }

    [Theory]
    [InlineData]
    [InlineData("0")]
    [InlineData("17")]
    [InlineData("2", "3")]
    [InlineData("2", "--dir")]
    [InlineData("2", "--what")]
    public async Task Script_WronglyUsed_ExitsWithTwo(params string[] arguments)
    {
        await using var program = RunningProgram.Run("bash", [LocalCluster.Script, .. arguments]);
        Assert.Equal(2, await program.ExitAsync(Token));
        Assert.Contains("usage: deploy/local-cluster.sh N", program.Error, StringComparison.Ordinal);
        Assert.Empty(program.Output);
    }

    [Fact]
    public async Task Script_WithoutRedisOnThePath_SaysWhatToInstall()
    {
        foreach (var name in (string[])["dirname", "dotnet"])
        {
            var file = Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(folder => Path.Combine(folder, name)).First(File.Exists);
            File.CreateSymbolicLink(Path.Combine(_directory, name), file);
        }

        await using var program = RunningProgram.Run(
            "/bin/bash", [LocalCluster.Script, "1", "--no-build"], environment: new Dictionary<string, string>(StringComparer.Ordinal) { ["PATH"] = _directory });
        Assert.Equal(1, await program.ExitAsync(Token));
        Assert.Contains("redis-server is not on the PATH", program.Error, StringComparison.Ordinal);
    }

    public void Dispose() => System.IO.Directory.Delete(_directory, recursive: true);

    private static async Task AskAsync(LocalCluster cluster, string answer, params string[] message)
    {
        var (code, output, error) = await cluster.AgentsAsync(["ask", "counter/local", .. message]);
        Assert.True(code == 0, error);
        Assert.Equal(answer, output);
    }

    private static void Kill(int process)
    {
        using var found = Process.GetProcessById(process);
        found.Kill();
    }
}
