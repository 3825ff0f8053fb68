using OrleansAgents.Tests.Hosting;

namespace OrleansAgents.Tests.Durability;

public sealed class StoreFileTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Silo_KilledAndStartedAgain_HasWhatWasAcknowledged()
    {
        var silo = new SiloProcess();
        await silo.InitializeAsync();
        await silo.AgentsAsync(null, "ask", "counter/kept", "counter.add", """{"amount":2}""");
        await silo.KillAsync();
        await silo.InitializeAsync();
        var (code, output, error) = await silo.AgentsAsync(null, "ask", "counter/kept", "counter.read", "{}");
        Assert.True(code == 0, error);
        Assert.Equal("""{"value":2}""", output);
        await silo.DisposeAsync();
    }

    [Fact]
    public async Task Silo_OnAFileInUse_SaysSoInOneLineAndExitsWithOne()
    {
        var silo = new SiloProcess();
        await silo.InitializeAsync();
        var other = new SiloProcess();
        await using (var second = other.Start("--Agents:DataDirectory", silo.DataDirectory))
        {
            await AssertFailsAsync(second, "is in use by another process");
        }

        await silo.DisposeAsync();
    }

    [Fact]
    public async Task Silo_OnADamagedFile_SaysSoInOneLineAndExitsWithOne()
    {
        var silo = new SiloProcess();
        System.IO.Directory.CreateDirectory(silo.DataDirectory);
        await File.WriteAllTextAsync(Path.Combine(silo.DataDirectory, "agents.db"), string.Concat(Enumerable.Repeat("This is no database. ", 500)), Token);
        await using (var program = silo.Start())
        {
            await AssertFailsAsync(program, "is damaged or no database");
        }

        await silo.DisposeAsync();
    }

    private static async Task AssertFailsAsync(RunningProgram program, string sentence)
    {
        Assert.Equal(1, await program.ExitAsync(Token));
        Assert.Contains(sentence, program.Error, StringComparison.Ordinal);
        Assert.Single(program.Error.Split('\n'));
        Assert.Empty(program.Output);
    }
}
