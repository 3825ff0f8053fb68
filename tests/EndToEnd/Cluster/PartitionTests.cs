using OrleansAgents.Tests.Hosting;
using OrleansAgents.Tests.Redis;

namespace OrleansAgents.Tests.Cluster;

/// <summary>Silos on machines of their own, as far as their network goes, of which one is cut off.</summary>
[Collection(ThreeSilos.Name)]
public sealed class PartitionTests(ITestOutputHelper output)
{
    private const int Count = 3, NewAgents = 60;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Silo_CutOffUnderLoad_EndsItselfAndNoMessageTakesEffectTwice()
    {
        var (network, obstacle) = await PartedNetwork.CreateAsync(Count);
        Assert.SkipWhen(network is null, $"Network namespaces cannot be made here, which takes root and iproute2: {obstacle}");
        await using var cleaning = network!;
        await using var redis = new RedisServer(RedisSilos.Password) { Arguments = ["--bind", "127.0.0.1", network!.Host] };
        await redis.InitializeAsync();
        var address = redis.ConnectionString.Replace("127.0.0.1", network.Host, StringComparison.Ordinal);
        var silos = Enumerable.Range(0, Count).Select(i => new RedisSilo(address, [], network[i])).ToList();
        try
        {
            await Task.WhenAll(silos.Select(silo => silo.ReadyAsync()));
            await using var client = await OutsideClient.ConnectAsync(address);
            await CheckAsync(client, silos, network);
        }
        finally
        {
            await Task.WhenAll(silos.Select(silo => silo.DisposeAsync().AsTask()));
        }
    }

    private async Task CheckAsync(OutsideClient client, List<RedisSilo> silos, PartedNetwork network)
    {
        var traffic = new Traffic("parted");
        await traffic.SubscribeAsync(client);
        await using var load = new SteadyLoad(client, traffic);
        await load.AdvanceAsync(300);

        // It still reaches Redis and the client it, so until it learns that it is dead its agents work beside those that took their place.
        await network.CutAsync(0, 1, 2);
        await EndsItselfAsync(silos[0]);
        await load.AdvanceAsync(100);
        await network.HealAsync();
        await silos[0].StartAgainAsync();
        await client.SilosAsync(Count);
        await load.AdvanceAsync(100);

        // Now it hears from nobody, and has to be let in again to learn that the others went on without it.
        await network.CutFromAllAsync(1);
        await client.SilosAsync(Count - 1);
        await load.AdvanceAsync(100);
        Assert.False(silos[1].Program.HasExited);
        await network.HealAsync();
        await EndsItselfAsync(silos[1]);
        await silos[1].StartAgainAsync();
        await client.SilosAsync(Count);
        await load.AdvanceAsync(200);

        await load.StopAsync();
        output.WriteLine($"{load.Acknowledged} acknowledged, {load.Failures.Count} sent again. {load.Failures.FirstOrDefault()}");
        await traffic.AssertFiguresAsync(client);
        await AssertAllServeAsync(client);
    }

    /// <summary>New agents start on all of them; that one of three gets none of so many is as good as impossible.</summary>
    private static async Task AssertAllServeAsync(OutsideClient client)
    {
        for (var i = 0; i < NewAgents; i++)
        {
            Assert.Equal(0, await client.ReadAsync(new("counter", $"parted-new-{i}"), "counter.read", "value"));
        }

        Assert.Equal(Count, await client.CountHostsAsync("CounterAgent"));
    }

    /// <summary>A silo that the others gave up on says so and ends, for its supervisor to start it anew.</summary>
    private async Task EndsItselfAsync(RedisSilo silo)
    {
        var from = TimeProvider.System.GetTimestamp();
        var code = await silo.Program.ExitAsync(Token).WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, Token);
        output.WriteLine($"The silo ended itself after {TimeProvider.System.GetElapsedTime(from).TotalSeconds:0.0} s.");
        Assert.Equal(3, code);
        Assert.Contains("The other silos took this one for dead", silo.Program.Error, StringComparison.Ordinal);
    }
}
