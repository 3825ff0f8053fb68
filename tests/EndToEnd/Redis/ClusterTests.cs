using System.Net;
using OrleansAgents.Tests.Hosting;

namespace OrleansAgents.Tests.Redis;

/// <summary>Silos that share a Redis, and nothing goes wrong but what a test does.</summary>
public sealed class ClusterTests
{
    private const int MostCounters = 16;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Agents_OfASiloThatIsTerminated_GoOnAtTheOtherAtOnce()
    {
        await using var silos = await RedisSilos.StartAsync(2);
        Assert.Contains($"gateway 127.0.0.1:{silos[0].GatewayPort}", await silos[0].ReadyAsync(), StringComparison.Ordinal);
        Assert.EndsWith("cluster agents", await silos[1].ReadyAsync(), StringComparison.Ordinal);
        var counters = 0;
        // Until both have some of them, or this would test nothing.
        while (!await HostsCountersAsync(silos[0]) || !await HostsCountersAsync(silos[1]))
        {
            Assert.InRange(counters, 0, MostCounters);
            await AskAsync(silos, $"counter/{counters++}", "counter.add", """{"amount":1}""", """{"value":1}""");
        }

        silos[0].Program.Terminate();
        Assert.Equal(0, await silos[0].Program.ExitAsync(Token));
        for (var i = 0; i < counters; i++)
        {
            await AskAsync(silos, $"counter/{i}", "counter.add", """{"amount":1}""", """{"value":2}""");
        }

        Assert.False(System.IO.Directory.Exists(silos[0].DataDirectory));
        Assert.DoesNotContain(RedisSilos.Password, silos[0].Program.Output + silos[0].Program.Error + silos[1].Program.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clusters_OfTwoNamesOnOneRedis_DoNotSeeOneAnother()
    {
        await using var silos = await RedisSilos.StartAsync(1);
        await silos.Add("--Agents:Cluster", "blue").ReadyAsync();
        await AskAsync(silos, "counter/same", "counter.add", """{"amount":3}""", """{"value":3}""");
        await AskAsync(silos, "counter/same", "counter.add", """{"amount":1}""", """{"value":1}""", "--cluster", "blue");
        await silos[1].KillAsync();
        await AskAsync(silos, "counter/same", "counter.read", "{}", """{"value":3}""");
        var (code, _, error) = await silos.AgentsAsync(null, "list", "--cluster", "green");
        Assert.Equal(3, code);
        Assert.Contains("'green'", error, StringComparison.Ordinal);
        Assert.Contains("--cluster", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Readiness_WhileRedisIsStopped_IsOffAndComesBack()
    {
        await using var silos = await RedisSilos.StartAsync(1);
        var silo = silos[0];
        Assert.Equal((HttpStatusCode.OK, "ready"), await silo.GetAsync("/healthz/ready"));
        await silos.Redis.StopAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await silo.UntilAsync("/healthz/ready", text => text != "ready"));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "store away"), await silo.GetAsync("/healthz/ready"));
        Assert.Equal((HttpStatusCode.OK, "live"), await silo.GetAsync("/healthz/live"));
        await silos.Redis.StartAgainAsync();
        Assert.Equal(HttpStatusCode.OK, await silo.UntilAsync("/healthz/ready", text => text == "ready"));
        await AskAsync(silos, "counter/back", "counter.add", """{"amount":1}""", """{"value":1}""");
    }

    private static async Task<bool> HostsCountersAsync(RedisSilo silo) => (await silo.GetAsync("/metrics")).Text.Split('\n').Any(line =>
        line.StartsWith("agents_active", StringComparison.Ordinal) && line.Contains("\"counter\"", StringComparison.Ordinal));

    private static async Task AskAsync(RedisSilos silos, string agent, string type, string payload, string expected, params string[] more)
    {
        var (code, output, error) = await silos.AgentsAsync(null, ["ask", agent, type, payload, .. more]);
        Assert.True(code == 0, error);
        Assert.Equal(expected, output);
    }
}
