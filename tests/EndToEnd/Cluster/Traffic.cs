using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Tests.Cluster;

/// <summary>
/// Which messages a test sends, and what must have become of them: events for two collectors, and additions to counters,
/// directly and by way of relays. The n-th message is always the same, with the same id.
/// </summary>
internal sealed class Traffic(string name)
{
    public const int Counters = 24;

    private const int Relays = 8;
    private static readonly string[] Collectors = ["a", "b"];

    private readonly int[] _added = new int[Counters];
    private int _published;

    private string Topic => $"{name}/events";

    public async Task SubscribeAsync(OutsideClient client)
    {
        foreach (var collector in Collectors)
        {
            var reply = await client.Agents.SendAsync(
                OutsideClient.Message(Collector(collector), "collector.subscribe", $$"""{"topic":"{{Topic}}"}"""),
                cancellationToken: TestContext.Current.CancellationToken);
            Assert.True(reply.Outcome == Outcome.Accepted, reply.Refusal?.Message);
        }
    }

    /// <summary>The n-th message; as an object, and with the same id as <see cref="Line"/> has.</summary>
    public Envelope Message(int n)
    {
        var (to, type, payload) = Describe(n);
        return OutsideClient.Message(AgentId.Parse(to), type, payload).WithId(new MessageId(Id(n)));
    }

    /// <summary>The n-th message as a line for the command <c>send</c>.</summary>
    public string Line(int n)
    {
        var (to, type, payload) = Describe(n);
        return $$"""{"id":"{{Id(n)}}","sender":"client/outside","recipient":"{{to}}","type":"{{type}}","payload":{{payload}}}""";
    }

    /// <summary>Takes the n-th message into what is expected in the end. Thread-safe.</summary>
    public void Expect(int n)
    {
        if (n % 4 == 0)
        {
            Interlocked.Increment(ref _published);
        }
        else
        {
            Interlocked.Increment(ref _added[n % Counters]);
        }
    }

    /// <summary>Everything that was expected is there, and once.</summary>
    public async Task AssertFiguresAsync(OutsideClient client)
    {
        // What comes late and twice shows in the second round.
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < Counters; i++)
            {
                await client.AssertReachesAsync(Counter(i), "counter.read", "value", _added[i]);
            }

            foreach (var collector in Collectors)
            {
                await client.AssertReachesAsync(Collector(collector), "collector.read", "distinct", _published);
                await client.AssertReachesAsync(Collector(collector), "collector.read", "events", _published);
            }
        }
    }

    /// <summary>What has arrived by now; it only grows, unless something is lost.</summary>
    public async Task<long> CountAsync(OutsideClient client)
    {
        var sum = await client.ReadAsync(Collector(Collectors[0]), "collector.read", "events");
        for (var i = 1; i < 4; i++)
        {
            sum += await client.ReadAsync(Counter(i), "counter.read", "value");
        }

        return sum;
    }

    private (string To, string Type, string Payload) Describe(int n) => (n % 4) switch
    {
        0 => ($"topic/{Topic}", "traffic.happened", $$"""{"n":{{n}}}"""),
        1 => (Counter(n % Counters).ToString(), "counter.add", """{"amount":1}"""),
        _ => ($"relay/{name}-{n % Relays}", "relay.send", $$$"""{"to":"{{{Counter(n % Counters)}}}","type":"counter.add","payload":{"amount":1}}"""),
    };

    private AgentId Counter(int i) => new("counter", $"{name}-{i}");

    private AgentId Collector(string which) => new("collector", $"{name}-{which}");

    private static Guid Id(int n) => new(n, 0, 0, [0x80, 0, 0, 0, 0, 0, 0, 1]);
}
