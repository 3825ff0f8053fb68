using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Tests.Hosting;

namespace OrleansAgents.Tests.Cluster;

/// <summary>An upgrade of one silo after the other, while programs outside go on.</summary>
[Collection(ThreeSilos.Name)]
public sealed class RollingTests(ThreeSilos cluster, ITestOutputHelper output)
{
    private const int Tills = 12;

    private readonly long[] _paid = new long[Tills];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Silos_RolledToANewVersionUnderLoad_RefuseNothingAndLoseNothing()
    {
        var traffic = new Traffic("rolling");
        await traffic.SubscribeAsync(cluster.Client);
        await using var load = new SteadyLoad(cluster.Client, traffic);
        await using var old = new SteadyLoad(cluster.Client, n => Pay(n, version: 1), n => Expect(n, version: 1));
        SteadyLoad? young = null;
        try
        {
            foreach (var silo in cluster.All)
            {
                await load.AdvanceAsync(150);
                silo.Program.Terminate();
                Assert.True(await silo.Program.ExitAsync(Token) == 0, silo.Program.Error);
                silo.More = ["--Agents:Assemblies:0", Programs.TillAfter, "--Agents:Assemblies:1", Programs.Marketplace];
                await silo.StartAgainAsync();
                // From the first new silo on there is somebody who takes it, and the agents are with old silos still.
                young ??= new SteadyLoad(cluster.Client, n => Pay(n, version: 2), n => Expect(n, version: 2));
                await young.AdvanceAsync(150);
            }

            foreach (var part in new[] { load, old, young! })
            {
                await part.StopAsync();
                Assert.True(part.Failures.Count == 0, string.Join('\n', part.Failures));
            }
        }
        finally
        {
            await (young?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        output.WriteLine($"{load.Acknowledged} messages, and {old.Acknowledged} of version 1 and {young!.Acknowledged} of version 2.");
        await traffic.AssertFiguresAsync(cluster.Client);
        for (var i = 0; i < Tills; i++)
        {
            await cluster.Client.AssertReachesAsync(Till(i), "till.read", "sum", _paid[i]);
        }
    }

    private static Envelope Pay(int n, int version) => OutsideClient
        .Message(Till(n), "till.pay", version == 1 ? """{"amount":1}""" : """{"amount":1,"tip":1000}""", version)
        .WithId(new MessageId(new Guid(n, (short)version, 1, [0x80, 0, 0, 0, 0, 0, 0, 1])));

    private static AgentId Till(int n) => new("till", $"rolling-{n % Tills}");

    private void Expect(int n, int version) => Interlocked.Add(ref _paid[n % Tills], version == 1 ? 1 : 1001);
}
