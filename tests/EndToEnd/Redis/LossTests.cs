using System.Text.Json;
using OrleansAgents.Tests.Hosting;

namespace OrleansAgents.Tests.Redis;

/// <summary>What programs outside see of silos that are killed.</summary>
public sealed class LossTests
{
    private const int Messages = 4000, Counters = 5;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Send_WhileASiloIsKilled_IsAcceptedToTheLastMessageAndCountedOnce()
    {
        await using var silos = await RedisSilos.StartAsync(2);
        var file = string.Join('\n', Enumerable.Range(0, Messages).Select(i =>
            $$$"""{"id":"{{{new Guid(i, 0, 0, [0x80, 0, 0, 0, 0, 0, 0, 1])}}}","recipient":"counter/{{{i % Counters}}}","type":"counter.add","payload":{"amount":1}}""")) + "\n";
        await using var sending = silos.Start(file, "send", "-", "--json", "--parallel", "8");
        // The silo that the load has come to is the one that goes.
        await (await HostAsync(silos, "counter")).KillAsync();
        Assert.True(await sending.ExitAsync(Token) == 0, sending.Error);
        Assert.Equal(Messages, Sum(sending.Output));
        for (var i = 0; i < Counters; i++)
        {
            var (code, output, error) = await silos.AgentsAsync(null, "ask", $"counter/{i}", "counter.read");
            Assert.True(code == 0, error);
            Assert.Equal($$"""{"value":{{Messages / Counters}}}""", output);
        }
    }

    [Fact]
    public async Task Watch_WhoseSilosAreKilledOneAfterTheOther_MissesNothing()
    {
        await using var silos = await RedisSilos.StartAsync(2);
        await using var watching = silos.Start(null, "watch", "loss/events", "--from", "beginning", "--count", "3");
        await PublishAsync(silos, 1);
        Assert.Contains("\"n\":1", await watching.FirstLine.WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System, Token), StringComparison.Ordinal);
        // Whichever it speaks through is among the two.
        await silos[0].KillAsync();
        await PublishAsync(silos, 2);
        await silos[0].StartAgainAsync();
        await silos[1].KillAsync();
        await PublishAsync(silos, 3);
        Assert.True(await watching.ExitAsync(Token) == 0, watching.Error);
        Assert.Equal([1, 2, 3], watching.Output.Split('\n').Select(line => JsonElement.Parse(line).GetProperty("payload").GetProperty("n").GetInt32()));
    }

    [Fact]
    public async Task Commands_OfALostCluster_EndWithThreeAndASentence()
    {
        await using var silos = await RedisSilos.StartAsync(1);
        await using var asking = silos.Start(null, "ask", "chaos/lost", "chaos.delay", """{"ms":600000}""", "--timeout", "600");
        await silos[0].UntilAsync("/metrics", text => Hosts(text, "chaos"));
        await silos[0].KillAsync();
        Assert.Equal(3, await asking.ExitAsync(Token).WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, Token));
        Assert.Contains("were lost", Assert.Single(asking.Error.Split('\n')), StringComparison.Ordinal);

        var (code, output, error) = await silos.AgentsAsync(null, "ask", "counter/a", "counter.read").WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, Token);
        Assert.Equal((3, ""), (code, output));
        Assert.Contains("--cluster", Assert.Single(error.Split('\n')), StringComparison.Ordinal);
    }

    /// <summary>The first silo seen to host a kind: all agents of it may be on one.</summary>
    private static async Task<RedisSilo> HostAsync(RedisSilos silos, string kind)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1), TimeProvider.System);
        for (var i = 0; ; i = (i + 1) % silos.Count)
        {
            patience.Token.ThrowIfCancellationRequested();
            if (Hosts((await silos[i].GetAsync("/metrics")).Text, kind))
            {
                return silos[i];
            }
        }
    }

    private static bool Hosts(string metrics, string kind) => metrics.Split('\n').Any(line =>
        line.StartsWith("agents_active", StringComparison.Ordinal) && line.Contains($"\"{kind}\"", StringComparison.Ordinal));

    private static int Sum(string output)
    {
        var summary = JsonElement.Parse(output.Split('\n')[^1]);
        return summary.GetProperty("accepted").GetInt32() + summary.GetProperty("duplicate").GetInt32();
    }

    private static async Task PublishAsync(RedisSilos silos, int n)
    {
        var (code, _, error) = await silos.AgentsAsync(null, "publish", "loss/events", "loss.happened", $$"""{"n":{{n}}}""");
        Assert.True(code == 0, error);
    }
}
