using System.Diagnostics;
using System.Text;
using System.Threading.Channels;
using OrleansAgents.Messaging;
using OrleansAgents.Telemetry;
using OrleansAgents.Tests.Agents;

namespace OrleansAgents.Tests.Telemetry;

public sealed class TraceTests(AgentCluster cluster) : IDisposable
{
    private static readonly string[] WholeWay = ["agent.send", "herald test.announce", "scribe test.announce", "topic any", "listener any"];

    private readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(30), TimeProvider.System);

    private CancellationToken Token => _patience.Token;

    public void Dispose() => _patience.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Trace_FromTheClientToASubscriber_IsOneAndFollowsTheMessage(bool outside)
    {
        using var spans = new Spans();
        var topic = $"traced/{outside}";
        await cluster.Outside.Agent($"listener/traced-{outside}").AskAsync(new AskOn([topic]), cancellationToken: Token);
        using var root = spans.StartRoot();
        var client = outside ? cluster.Outside : cluster.Inside;
        await client.Agent("herald/a").TellAsync(new Announce(topic, ["scribe/b"]), cancellationToken: Token);
        var way = await spans.FollowAsync(root.TraceId, root.SpanId, Token);
        Assert.Equal(WholeWay, way.Select(s => s.DisplayName));
    }

    [Fact]
    public async Task Trace_OfAnIncomingTraceParent_GoesOnFromIt()
    {
        using var spans = new Spans();
        var (trace, span) = (ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom());
        await cluster.Outside.Agent("listener/incoming").AskAsync(new AskOn(["incoming"]), cancellationToken: Token);
        var text = $$$"""
            {"sender":"client/far","recipient":"herald/in","type":"test.announce","payload":{"topic":"incoming","way":["scribe/in"]},
            "traceparent":"00-{{{trace}}}-{{{span}}}-01","tracestate":"far=1"}
            """;
        var (envelope, _) = EnvelopeJson.Read(Encoding.UTF8.GetBytes(text), new());
        // Whatever is current in the process that passes the message on, the message says where it came from.
        using var unrelated = spans.StartRoot();
        Assert.Equal(Outcome.Accepted, (await cluster.Outside.SendAsync(envelope!, cancellationToken: Token)).Outcome);
        var way = await spans.FollowAsync(trace, span, Token);
        Assert.Equal(WholeWay, way.Select(s => s.DisplayName));
        Assert.All(way, s => Assert.Equal("far=1", s.TraceStateString));
    }

    [Fact]
    public async Task Trace_OfAMessageWithoutOne_StartsAnew()
    {
        using var spans = new Spans();
        var herald = cluster.Outside.Agent("herald/anew");
        Activity.Current = null;
        await herald.TellAsync(new Announce("anew", ["herald/anew2"]), cancellationToken: Token);
        await herald.TellAsync(new Announce("anew", ["herald/anew2"]), cancellationToken: Token);
        var sent = new List<Activity>();
        while (sent.Count < 2)
        {
            var span = await spans.ReadAsync(Token);
            if (span.DisplayName == "topic any" && (string?)span.GetTagItem("messaging.destination.name") == "topic/anew")
            {
                sent.Add(span);
            }
        }

        Assert.NotEqual(sent[0].TraceId, sent[1].TraceId);
    }

    /// <summary>The spans that end while it lives, of the platform and of the test.</summary>
    private sealed class Spans : IDisposable
    {
        private readonly ActivitySource _source = new("Test");
        private readonly Channel<Activity> _ended = Channel.CreateUnbounded<Activity>();
        private readonly ActivityListener _listener;

        public Spans()
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = s => s.Name is AgentTelemetry.SourceName || s == _source,
                Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = a => _ended.Writer.TryWrite(a),
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public Activity StartRoot()
        {
            Activity.Current = null;
            return _source.StartActivity("root")!;
        }

        public ValueTask<Activity> ReadAsync(CancellationToken cancellationToken) => _ended.Reader.ReadAsync(cancellationToken);

        /// <summary>The chain of a trace's spans, from the one below <paramref name="parent"/> to the one that the subscriber's turn is.</summary>
        public async Task<List<Activity>> FollowAsync(ActivityTraceId trace, ActivitySpanId parent, CancellationToken cancellationToken)
        {
            var all = new List<Activity>();
            while (!Array.TrueForAll(WholeWay, name => all.Exists(s => s.DisplayName == name)))
            {
                var span = await ReadAsync(cancellationToken);
                if (span.TraceId == trace)
                {
                    all.Add(span);
                }
            }

            var way = new List<Activity>();
            while (all.Find(s => s.ParentSpanId == parent) is { } next)
            {
                way.Add(next);
                parent = next.SpanId;
            }

            return way;
        }

        public void Dispose()
        {
            _listener.Dispose();
            _source.Dispose();
        }
    }
}
