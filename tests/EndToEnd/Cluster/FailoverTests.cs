using System.Globalization;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Tests.Hosting;

namespace OrleansAgents.Tests.Cluster;

/// <summary>How soon the agents of a silo that died are there again.</summary>
[Collection(ThreeSilos.Name)]
public sealed class FailoverTests(ThreeSilos cluster, ITestOutputHelper output)
{
    private const int Counters = 60;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Agents_OfAKilledSilo_AnswerWithinTenSecondsWithWhatWasAcknowledged()
    {
        await Parallel.ForAsync(0, Counters, Token, async (i, _) => Assert.Equal(i + 1, await AddAsync(i, i + 1, Bound)));
        // The one with the most of them: where each goes is the silos' own choice, by their load, and one without any would test nothing.
        var active = await Task.WhenAll(cluster.All.Select(ActiveCountersAsync));
        Assert.True(active.Sum() >= Counters, $"The silos say that {active.Sum()} counters are active, and {Counters} answered.");
        var victim = cluster.Silos[Array.IndexOf(active, active.Max())];
        await victim.KillAsync();
        var killed = TimeProvider.System.GetTimestamp();
        var times = new TimeSpan[Counters];
        await Task.WhenAll(Enumerable.Range(0, Counters).Select(async i =>
        {
            // The longer wait is for the message to say how long it was.
            Assert.Equal(i + 2, await AddAsync(i, 1, 6 * Bound));
            times[i] = TimeProvider.System.GetElapsedTime(killed);
        }));
        var worst = times.Max();
        output.WriteLine($"{times.Count(t => t > TimeSpan.FromSeconds(1))} of {Counters} agents took more than a second, the last one {worst.TotalSeconds:0.0} s.");
        Assert.True(worst < Bound, $"An agent answered {worst.TotalSeconds:0.0} s after its silo was killed.");
        await victim.StartAgainAsync();
    }

    private async Task<long> AddAsync(int counter, int amount, TimeSpan patience)
    {
        var message = OutsideClient.Message(new("counter", $"failover-{counter}"), "counter.add", $$"""{"amount":{{amount}}}""");
        var reply = await cluster.Client.Agents.SendAsync(message, new SendOptions { Timeout = patience }, Token);
        Assert.True(reply.ToJson() is not null, $"{message}: {reply.Refusal?.Code} {reply.Refusal?.Message}");
        return System.Text.Json.JsonElement.Parse(reply.ToJson()!).GetProperty("value").GetInt64();
    }

    private static async Task<double> ActiveCountersAsync(RedisSilo silo)
    {
        var (_, metrics) = await silo.GetAsync("/metrics");
        return metrics.Split('\n')
            .Where(line => line.StartsWith("agents_active", StringComparison.Ordinal) && line.Contains("\"counter\"", StringComparison.Ordinal))
            .Sum(line => double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
    }
}
