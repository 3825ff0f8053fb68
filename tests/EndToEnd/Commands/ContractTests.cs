using System.Text.Json;
using OrleansAgents.Tests.Hosting;

namespace OrleansAgents.Tests.Commands;

public sealed class ContractTests(SiloProcess silo) : IDisposable
{
    private readonly string _directory = System.IO.Directory.CreateTempSubdirectory("agents-contracts-").FullName;

    public void Dispose() => System.IO.Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Describe_Schema_PrintsTheSchemasOfAKind()
    {
        var (code, output, error) = await silo.AgentsAsync(null, "describe", "counter", "--schema", "--json");
        Assert.True(code == 0, error);
        var contracts = JsonSerializer.Deserialize<JsonElement>(output).GetProperty("contracts");
        Assert.Equal(["counter.add", "counter.read"], contracts.EnumerateArray().Select(c => c.GetProperty("type").GetString()));
        Assert.Equal("integer", contracts[0].GetProperty("payload").GetProperty("properties").GetProperty("amount").GetProperty("type").GetString());
    }

    [Fact]
    public async Task Export_OfTheCluster_IsWhatCheckTakes()
    {
        var (code, output, error) = await silo.AgentsAsync(null, "contracts", "export");
        Assert.True(code == 0, error);
        var file = Path.Combine(_directory, "cluster.json");
        await File.WriteAllTextAsync(file, output, TestContext.Current.CancellationToken);
        Assert.Equal((0, """{"breaking":0,"compatible":0,"changes":[]}""", ""), await silo.AgentsAsync(null, "contracts", "check", file, "--json"));
        Assert.Equal(2, (await silo.AgentsAsync(null, "contracts", "check", Programs.TillBefore)).ExitCode);
    }

    /// <summary>The commands that docs/contracts.md gives for a release and for CI, run as they stand there.</summary>
    [Fact]
    public async Task Ci_AsTheDocumentHasIt_TellsBreakingFromCompatible()
    {
        var blocks = (await File.ReadAllTextAsync(Path.Combine(Programs.Repository, "docs", "contracts.md"), TestContext.Current.CancellationToken))
            .Split("```sh\n").Skip(1).Select(b => b.Split("```")[0]).ToArray();
        Assert.Equal(2, blocks.Length);
        Assert.Equal(0, (await RunAsync(blocks[0], Programs.TillBefore)).ExitCode);
        var after = await RunAsync(blocks[1], Programs.TillAfter);
        Assert.Equal((0, "compatible  till.pay v2: It is new.\n0 breaking, 1 compatible"), after);
        Assert.Equal(0, (await RunAsync(blocks[0], Programs.TillAfter)).ExitCode);
        var before = await RunAsync(blocks[1], Programs.TillBefore);
        Assert.Equal(1, before.ExitCode);
        Assert.Contains("breaking    till.pay v2: The version was removed.", before.Output, StringComparison.Ordinal);
    }

    private async Task<(int ExitCode, string Output)> RunAsync(string script, string assembly)
    {
        // The command's name alone is not on the PATH of a test.
        var text = $"cd '{_directory}'; agents() {{ dotnet exec '{Programs.Agents}' \"$@\"; }}\n{script}";
        await using var program = RunningProgram.Run("bash", ["-e", "-c", text], environment: new Dictionary<string, string>(StringComparer.Ordinal) { ["ASSEMBLY"] = assembly });
        var code = await program.ExitAsync(TestContext.Current.CancellationToken);
        Assert.True(code is 0 or 1, program.Error);
        return (code, program.Output);
    }
}
