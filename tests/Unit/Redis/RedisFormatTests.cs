using OrleansAgents.Agents;
using OrleansAgents.Audit;
using OrleansAgents.Messaging;
using OrleansAgents.Redis;
using OrleansAgents.Tests.Audit;
using OrleansAgents.Topics;
using StackExchange.Redis;
using Xunit;
using static OrleansAgents.Tests.Storage.TestCommits;

namespace OrleansAgents.Tests.Redis;

/// <summary>What the first version wrote is read for ever: these names and bytes never change.</summary>
public sealed class RedisFormatTests(RedisFixture redis) : IClassFixture<RedisFixture>, IAsyncLifetime
{
    private const string Id1 = "00000000-0000-8000-8000-000000000001", Id2 = "00000000-0000-8000-8000-000000000002";

    // Each: the id, the time, whether there is an answer, and the answer.
    private const string HandledWithReply = "00000000000000808000000000000001" + "00C07CC2D7C4E208" + "01" + "226F6B22";

    // The place in the order of sending, the id, since, due, attempts, and the message.
    private const string OutgoingHead = "0000000000100001" + "00000000000000808000000000000002" + "00C07CC2D7C4E208" + "00EDADC3D7C4E208" + "02";
    private const string Message2 =
        """{"id":"00000000-0000-8000-8000-000000000002","payload":{"n":1},"recipient":"echo/b","sender":"pricer/eu","type":"test.sent","version":3}""";

    private readonly string _prefix = RedisFixture.NewPrefix();
    private ConnectionMultiplexer _connection = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _connection = await ConnectionMultiplexer.ConnectAsync(redis.Server.ConnectionString);

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    [Fact]
    public async Task Agent_AsTheFirstVersionWroteIt_IsRead()
    {
        var database = _connection.GetDatabase();
        await database.HashSetAsync($"{_prefix}:meta", [new("schema", 1), new("partitions", 16)]);
        // pricer/eu lies in partition 15 of 16.
        await database.HashSetAsync($"{{{_prefix}:15}}:agent:pricer/eu",
        [
            new("etag", 7), new("state", """{"n":1}"""), new("wake", Start.AddSeconds(5).UtcTicks), new("last", 3), new("bytes", 300), new("at:orders/eu", 9),
        ]);
        await database.ListRightPushAsync($"{{{_prefix}:15}}:handled:pricer/eu", Convert.FromHexString(HandledWithReply));
        await database.HashSetAsync(
            $"{{{_prefix}:15}}:outgoing:pricer/eu", Guid.Parse(Id2).ToByteArray(), (byte[])[.. Convert.FromHexString(OutgoingHead), .. System.Text.Encoding.UTF8.GetBytes(Message2)]);

        await using var store = await OpenAsync();
        var record = (await store.LoadAsync(Pricer, Token))!;

        Assert.Equal((7, """{"n":1}""", Start.AddSeconds(5), 3), (record.Etag, Text(record.State), record.WakeAt, record.LastEvent));
        Assert.Equal([new TopicPosition("orders/eu", 9)], record.Positions);
        var handled = Assert.Single(record.Handled);
        Assert.Equal((new MessageId(Guid.Parse(Id1)), Start, "\"ok\""), (handled.Id, handled.At, Text(handled.Reply)));
        var outgoing = Assert.Single(record.Outgoing);
        Assert.Equal((new MessageId(Guid.Parse(Id2)), Start, 2), (outgoing.Envelope.Id, outgoing.Since, outgoing.Attempts));
        Assert.Equal(Message2, System.Text.Encoding.UTF8.GetString(EnvelopeJson.ToBytes(outgoing.Envelope)));
    }

    [Fact]
    public async Task Agent_AsItIsWrittenNow_IsWhatTheFirstVersionWrote()
    {
        await using var store = await OpenAsync();
        var message = Envelope.CreateJson("pricer/eu", "echo/b", "test.sent", Json("""{"n":1}"""), 3);
        await store.CommitAsync(Pricer, new AgentCommit
        {
            Etag = 0,
            State = Json("1"),
            Handled = [Handled(new MessageId(Guid.Parse(Id1)), Start, "\"ok\"")],
            Outgoing = [Outgoing(message, attempts: 2)],
            Positions = [new TopicPosition("orders/eu", 9)],
            WakeAt = Start,
        }, Token);

        var database = _connection.GetDatabase();
        Assert.Equal(
            ["at:orders/eu=9", "etag=1", "state=1", $"wake={Start.UtcTicks}"],
            (await database.HashGetAllAsync($"{{{_prefix}:15}}:agent:pricer/eu")).Select(f => $"{f.Name}={f.Value}").Order(StringComparer.Ordinal));
        Assert.Equal(HandledWithReply, Convert.ToHexString((byte[])(await database.ListGetByIndexAsync($"{{{_prefix}:15}}:handled:pricer/eu", 0))!));
        var outgoing = Assert.Single(await database.HashGetAllAsync($"{{{_prefix}:15}}:outgoing:pricer/eu"));
        Assert.Equal(message.Id.Value.ToByteArray(), (byte[])outgoing.Name!);
        var bytes = (byte[])outgoing.Value!;
        Assert.Equal(OutgoingHead[..16], Convert.ToHexString(bytes[..8]));
        Assert.Equal(EnvelopeJson.ToBytes(message), bytes[41..]);
        Assert.Equal([("pricer/eu", Start.UtcTicks / 10_000d)], (await database.SortedSetRangeByRankWithScoresAsync($"{{{_prefix}:15}}:wake")).Select(w => ($"{w.Element}", w.Score)));
    }

    [Fact]
    public async Task Audit_AsItWasWrittenFirst_IsReadAndWrittenAgain()
    {
        var database = _connection.GetDatabase();
        await database.HashSetAsync($"{_prefix}:meta", [new("schema", 1), new("partitions", 16)]);
        var entries = TestLog.Chain(2);
        await database.HashSetAsync($"{{{_prefix}:15}}:agent:pricer/eu", [new("etag", 7), new("audit", $"1:{entries[0].Hash}")]);
        await database.ListRightPushAsync($"{{{_prefix}:15}}:audit:pricer/eu", TestLog.First);

        await using var store = await OpenAsync();
        Assert.Equal(new AuditHead(1, entries[0].Hash), (await store.LoadAsync(Pricer, Token))!.Audit);
        Assert.Equal(entries[..1], await store.ReadAuditAsync(Pricer, 0, 10, Token));
        await store.CommitAsync(Pricer, new AgentCommit { Etag = 7, Audit = entries[1..] }, Token);

        Assert.Equal(TestLog.Lines(entries), (await database.ListRangeAsync($"{{{_prefix}:15}}:audit:pricer/eu")).Select(e => (string)e!));
        Assert.Equal($"2:{entries[1].Hash}", await database.HashGetAsync($"{{{_prefix}:15}}:agent:pricer/eu", "audit"));
    }

    [Fact]
    public async Task Event_AsTheFirstVersionWroteIt_IsRead()
    {
        var database = _connection.GetDatabase();
        await database.HashSetAsync($"{_prefix}:meta", [new("schema", 1), new("partitions", 1)]);
        await database.StreamAddAsync($"{{{_prefix}:0}}:events:topic/orders/eu", [new("t", Start.UtcTicks), new("b", Message2)], "4-0");
        await database.StreamAddAsync($"{{{_prefix}:0}}:feed", [new("t", "orders/eu"), new("p", 4)], "9-0");

        await using var store = await OpenAsync();

        var one = Assert.Single(await store.ReadAsync("orders/eu", 0, 10, Token));
        Assert.Equal((4, Start, new MessageId(Guid.Parse(Id2))), (one.Position, one.At, one.Envelope.Id));
        var logged = Assert.Single(await store.ReadAllAsync(0, 0, 10, Token));
        Assert.Equal((9, "orders/eu", 4), (logged.Place, logged.Topic.Name, logged.Event.Position));
    }

    private async Task<RedisAgentStore> OpenAsync()
    {
        var store = new RedisAgentStore(new() { ConnectionString = redis.Server.ConnectionString, KeyPrefix = _prefix }, new Microsoft.Extensions.Time.Testing.FakeTimeProvider(Start));
        await store.OpenAsync(Token);
        return store;
    }
}
