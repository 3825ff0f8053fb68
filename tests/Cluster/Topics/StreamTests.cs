using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Streams;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Tests.Agents;
using OrleansAgents.Topics;

namespace OrleansAgents.Tests.Topics;

public sealed class StreamTests(AgentCluster cluster)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Publish_ThroughThePlatform_ReachesAnImplicitGrainInOrder()
    {
        var topic = cluster.Outside.Topic("streams/order");
        for (var i = 1; i <= 50; i++)
        {
            await topic.PublishAsync(new Note($"n{i}"), cancellationToken: Token);
        }

        Assert.Equal(Enumerable.Range(1, 50).Select(i => new StreamedNote(i, $"n{i}")), await TakeAsync("streams/order", 50));
    }

    [Fact]
    public async Task Publish_WhileTheStreamIsIdle_DoesNotWaitForAPoll()
    {
        var topic = cluster.Outside.Topic("streams/idle");
        var fastest = TimeSpan.MaxValue;
        for (var i = 0; i < 20; i++)
        {
            var started = TimeProvider.System.GetTimestamp();
            await topic.PublishAsync(new Note("tick"), cancellationToken: Token);
            await TakeAsync("streams/idle", 1);
            var took = TimeProvider.System.GetElapsedTime(started);
            fastest = took < fastest ? took : fastest;
        }

        // Each follows the delivery of the one before, so with a poll each would wait for most of its 100 ms.
        Assert.True(fastest < TimeSpan.FromMilliseconds(30), $"The fastest took {fastest.TotalMilliseconds} ms.");
        TestContext.Current.SendDiagnosticMessage($"Through an idle stream: {fastest.TotalMilliseconds} ms");
    }

    [Fact]
    public async Task Publish_ThroughTheStream_ReachesSubscribersOfThePlatform()
    {
        await cluster.Outside.Agent("listener/streams").AskAsync(new AskOn(["streams/write"]), cancellationToken: Token);
        Assert.Null(await Writer("streams/write").WriteAsync([NewEvent("a"), NewEvent("b")]));
        await Gates.Entered("listener/streams=2").Task.WaitAsync(Token);
        Assert.All(ListenerAgent.Heard["streams"], e => Assert.Equal("client/plain", e.Sender.ToString()));
        Assert.Equal([new(1, "a"), new(2, "b")], await TakeAsync("streams/write", 2));
    }

    [Fact]
    public async Task Publish_ThroughTheStream_RefusedByTheGate_Throws()
    {
        var expired = NewEvent("late").WithExpiry(DateTimeOffset.UnixEpoch);
        Assert.Equal(RefusalCodes.Expired, await Writer("streams/refused").WriteAsync([expired]));
        Assert.Null(await Writer("streams/refused").WriteAsync([NewEvent("fine")]));
        Assert.Equal([new(1, "fine")], await TakeAsync("streams/refused", 1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Resume_AfterARestart_GoesOnBehindThePosition(long position)
    {
        var name = $"streams/resume-{position}";
        using var directory = new TemporaryDirectory();
        await using (var before = await StreamCluster.StartAsync(directory.Path))
        {
            await PublishAsync(before, name, "a", "b", "c");
            await TakeAsync(name, 3);
        }

        StreamReaderGrain.Resume[name] = position;
        await using var after = await StreamCluster.StartAsync(directory.Path);
        await PublishAsync(after, name, "d");
        var all = new StreamedNote[] { new(1, "a"), new(2, "b"), new(3, "c"), new(4, "d") };
        Assert.Equal(all.Skip((int)position), await TakeAsync(name, 4 - (int)position));
        Assert.False(StreamReaderGrain.Read(name).TryRead(out _));
    }

    [Fact]
    public async Task Consumer_ThatFallsBehindWhatMemoryHolds_GetsTheRestFromTheLog()
    {
        const string Name = "streams/slow";
        await using var one = await StreamCluster.StartAsync();
        await PublishAsync(one, Name, "wait", "behind");
        // More than the stream keeps in memory, of all topics together.
        await PublishAsync(one, "streams/crowd", [.. Enumerable.Repeat(new string('x', 200_000), 48)]);
        await TakeAsync("streams/crowd", 48);
        Gates.Open(Name).SetResult();
        Assert.Equal([new(1, "wait"), new(2, "behind")], await TakeAsync(Name, 2));
    }

    [Fact]
    public async Task Consumer_ThatThrows_IsRetriedAndReported_AndHoldsNobodyUp()
    {
        using var logs = new FakeLoggerProvider();
        await using var one = await StreamCluster.StartAsync(configure: silo =>
        {
            silo.Services.AddSingleton<ILoggerProvider>(logs);
            silo.Services.Configure<StreamPullingAgentOptions>(TopicStream.Name, o => o.MaxEventDeliveryTime = TimeSpan.FromMilliseconds(300));
        });
        await PublishAsync(one, "streams/fails", "fail");
        await PublishAsync(one, "streams/works", "a");
        Assert.Equal([new(1, "a")], await TakeAsync("streams/works", 1));
        await foreach (var record in logs.Collector.GetLogsAsync(Token))
        {
            if (record.Message.StartsWith("A stream consumer did not take event 1 of the topic streams/fails", StringComparison.Ordinal))
            {
                break;
            }
        }

        await PublishAsync(one, "streams/fails", "b");
        Assert.Equal([new(2, "b")], await TakeAsync("streams/fails", 1));
    }

    [Fact]
    public async Task Client_WhereExplicitSubscriptionsAreAllowed_ReadsAndRewinds()
    {
        await using var one = await StreamCluster.StartAsync(configure: silo => silo
            .AddMemoryGrainStorage("PubSubStore")
            .Services.Configure<StreamPubSubOptions>(TopicStream.Name, o => o.PubSubType = StreamPubSubType.ExplicitGrainBasedAndImplicit));
        await PublishAsync(one, "streams/outside", "a", "b");
        await TakeAsync("streams/outside", 2);
        var stream = one.Orleans.GetStreamProvider(TopicStream.Name).GetStream<Envelope>(StreamId.Create(TopicStream.Name, "streams/outside"));
        var seen = Channel.CreateUnbounded<StreamedNote>();
        await stream.SubscribeAsync(
            (item, at) => seen.Writer.WriteAsync(StreamedNote.Read(item, at), Token).AsTask(),
            new Orleans.Providers.Streams.Common.EventSequenceTokenV2(2));
        await stream.OnNextAsync(NewEvent("c"));
        Assert.Equal(new(2, "b"), await seen.Reader.ReadAsync(Token));
        Assert.Equal(new(3, "c"), await seen.Reader.ReadAsync(Token));
    }

    private IStreamWriter Writer(string topic) => cluster.Cluster.Client.GetGrain<IStreamWriter>(topic);

    private static Envelope NewEvent(string text) => Envelope.Create(AgentId.Parse("client/plain"), AgentId.Parse("topic/any"), new Note(text));

    private static async Task PublishAsync(StreamCluster cluster, string topic, params string[] texts)
    {
        foreach (var text in texts)
        {
            var receipt = await cluster.Client.Topic(topic).PublishAsync(new Note(text), cancellationToken: Token);
            Assert.Equal(Outcome.Accepted, receipt.Outcome);
        }
    }

    private static async Task<List<StreamedNote>> TakeAsync(string topic, int count)
    {
        var seen = new List<StreamedNote>();
        while (seen.Count < count)
        {
            seen.Add(await StreamReaderGrain.Read(topic).ReadAsync(Token));
        }

        return seen;
    }

    private sealed class TemporaryDirectory : IDisposable
    {
        public string Path { get; } = System.IO.Directory.CreateTempSubdirectory("streams").FullName;

        public void Dispose() => System.IO.Directory.Delete(Path, recursive: true);
    }
}
