using System.Diagnostics;
using System.Threading.Channels;
using OrleansAgents.Messaging;
using OrleansAgents.Tests.Measuring;

namespace OrleansAgents.Tests.Workload;

/// <summary>An event: about 200 bytes of JSON.</summary>
/// <param name="Load">The load it belongs to, see <see cref="Deliveries.Of"/>.</param>
/// <param name="Slot">Its place among the events on their way.</param>
/// <param name="Sequence">How many were published before it.</param>
/// <param name="PublishedAt">A timestamp of the stopwatch.</param>
/// <param name="Text">The rest.</param>
[Contract("bench.event"), GenerateSerializer, Immutable, Alias("bench.PriceChanged")]
public sealed record PriceChanged(
    [property: Id(0)] int Load, [property: Id(1)] int Slot, [property: Id(2)] int Sequence, [property: Id(3)] long PublishedAt,
    [property: Id(4)] string Text);

/// <summary>The events of one load that are on their way: each has a place until its last subscriber has handled it.</summary>
internal sealed class Deliveries
{
    private static readonly string Text = new('e', 120);
    private static readonly List<Deliveries> All = [];

    private readonly Channel<int> _free = Channel.CreateUnbounded<int>();
    private readonly Latencies _latencies;
    private readonly int[] _left;
    private readonly int _subscribers, _load;
    private int _published;

    /// <summary>Makes places for <paramref name="most"/> events.</summary>
    public Deliveries(int subscribers, int most, Latencies latencies)
    {
        (_subscribers, _latencies, _left) = (subscribers, latencies, new int[most]);
        lock (All)
        {
            _load = All.Count;
            All.Add(this);
        }

        Free(most);
    }

    public int Published => _published;

    public static Deliveries Of(PriceChanged message) => All[message.Load];

    /// <summary>The next event to publish, as soon as there is a place for it.</summary>
    public async ValueTask<PriceChanged> NextAsync()
    {
        var slot = await _free.Reader.ReadAsync();
        _left[slot] = _subscribers;
        return new PriceChanged(_load, slot, Interlocked.Increment(ref _published), Stopwatch.GetTimestamp(), Text);
    }

    /// <summary>Notes that a subscriber handled the event. Each in turn has its latency taken.</summary>
    public void Handled(PriceChanged message, int subscriber)
    {
        if (message.Sequence % _subscribers == subscriber)
        {
            _latencies.Add(Stopwatch.GetTimestamp() - message.PublishedAt);
        }

        if (Interlocked.Decrement(ref _left[message.Slot]) == 0)
        {
            _free.Writer.TryWrite(message.Slot);
        }
    }

    /// <summary>Waits until all that was published is handled by all.</summary>
    public async Task DrainAsync()
    {
        for (var i = 0; i < _left.Length; i++)
        {
            await _free.Reader.ReadAsync();
        }

        Free(_left.Length);
    }

    private void Free(int slots)
    {
        for (var i = 0; i < slots; i++)
        {
            _free.Writer.TryWrite(i);
        }
    }
}
