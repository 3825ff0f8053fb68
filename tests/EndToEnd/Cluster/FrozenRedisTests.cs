namespace OrleansAgents.Tests.Cluster;

/// <summary>A Redis that does not answer, and does not say so.</summary>
[Collection(ThreeSilos.Name)]
public sealed class FrozenRedisTests(ThreeSilos cluster, ITestOutputHelper output)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Redis_FrozenUnderLoad_HoldsEverythingUpAndLosesNothing()
    {
        var traffic = new Traffic("frozen");
        await traffic.SubscribeAsync(cluster.Client);
        await using var load = new SteadyLoad(cluster.Client, traffic);
        await load.AdvanceAsync(200);
        cluster.Silos.Redis.Freeze();
        try
        {
            await Task.WhenAll(cluster.All.Select(silo => silo.UntilAsync("/healthz/ready", text => text == "store away")));
            var before = load.Acknowledged;
            // That nothing is acknowledged takes a while to see, and so does what a silo does when its membership table is away for long.
            await Task.Delay(TimeSpan.FromSeconds(4), TimeProvider.System, Token);
            Assert.Equal(before, load.Acknowledged);
        }
        finally
        {
            cluster.Silos.Redis.Thaw();
        }

        await load.AdvanceAsync(200);
        await cluster.ReadyAsync();
        await load.StopAsync();
        output.WriteLine($"{load.Acknowledged} acknowledged, {load.Failures.Count} sent again. {load.Failures.FirstOrDefault()}");
        await traffic.AssertFiguresAsync(cluster.Client);
        await cluster.Client.SilosAsync(3);
    }
}
