using System.Net;

namespace OrleansAgents.Tests.Hosting;

public sealed class SiloTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Silo_Terminated_FinishesTheRunningTurnAndExitsWithZero()
    {
        await using var silo = new SiloProcess();
        await silo.InitializeAsync();
        var ask = silo.AgentsAsync(null, "ask", "chaos/term", "chaos.delay", """{"ms":3000}""");
        await ActiveAsync(silo, "chaos", ask);
        silo.Program.Terminate();
        var (code, _, error) = await ask;
        Assert.True(code == 0, error);
        Assert.Equal(0, await silo.Program.ExitAsync(Token));
        Assert.Single(silo.Program.Output.Split('\n'));
    }

    [Fact]
    public async Task Silo_WhoseDrainTakesTooLong_SaysSoAndExitsWithTwo()
    {
        await using var silo = new SiloProcess();
        await using var program = silo.Start("--Agents:DrainTimeout", "00:00:01");
        await program.FirstLine.WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System, Token);
        var tell = silo.AgentsAsync(null, "tell", "chaos/long", "chaos.delay", """{"ms":600000}""", "--timeout", "20");
        await ActiveAsync(silo, "chaos", tell);
        program.Terminate();
        Assert.Equal(2, await program.ExitAsync(Token));
        Assert.Single(program.Error.Split('\n'), line => line.Contains("Agents:DrainTimeout", StringComparison.Ordinal));
        Assert.NotEqual(0, (await tell).ExitCode);
    }

    [Fact]
    public async Task Silo_ThatStartsAndStops_WarnsOfNothing()
    {
        await using var silo = new SiloProcess();
        await silo.InitializeAsync();
        var program = silo.Program;
        program.Terminate();
        Assert.Equal(0, await program.ExitAsync(Token));
        Assert.DoesNotContain("warn:", program.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Endpoints_OfARunningSilo_Answer()
    {
        await using var silo = new SiloProcess();
        await silo.InitializeAsync();
        using var http = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(silo.Url + "/healthz/live"), Token)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(silo.Url + "/healthz/ready"), Token)).StatusCode);
        var (code, _, error) = await silo.AgentsAsync(null, "tell", "counter/m", "counter.add", """{"amount":1}""");
        Assert.True(code == 0, error);
        var metrics = await http.GetStringAsync(new Uri(silo.Url + "/metrics"), Token);
        Assert.Contains("agents_message_duration", metrics, StringComparison.Ordinal);
        var (address, port) = (silo.Gateway.Split(':')[0], silo.Gateway.Split(':')[1]);
        Assert.Contains($"{address}:{port}", silo.Program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silo_OnAPortInUse_SaysSoInOneSentenceAndExitsWithOne()
    {
        await using var silo = new SiloProcess();
        await silo.InitializeAsync();
        await using var second = silo.Start();
        Assert.Equal(1, await second.ExitAsync(Token));
        Assert.Contains(silo.Gateway.Split(':')[1], second.Error + silo.Url, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", second.Error, StringComparison.Ordinal);
    }

    /// <summary>Waits until an agent of the kind is active, as the metrics say; the command that makes it so still runs then.</summary>
    private static async Task ActiveAsync(SiloProcess silo, string kind, Task<(int ExitCode, string Output, string Error)> command)
    {
        using var http = new HttpClient();
        while (!(await http.GetStringAsync(new Uri(silo.Url + "/metrics"), Token)).Split('\n').Any(line =>
            line.StartsWith("agents_active", StringComparison.Ordinal) && line.Contains($"\"{kind}\"", StringComparison.Ordinal)))
        {
            Assert.False(command.IsCompleted, command.IsCompleted ? (await command).Error : "");
        }
    }
}
