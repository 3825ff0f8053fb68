using Orleans.Runtime;

namespace OrleansAgents.Streams;

/// <summary>
/// The latest events of all topics, so that a consumer who keeps up never asks the log. Those of one topic have no gaps.
/// Not thread-safe.
/// </summary>
internal sealed class RecentEvents(int most, long mostBytes)
{
    // What an event takes beside its payload, roughly.
    private const int BytesBeside = 512;

    private readonly Dictionary<StreamId, Run> _topics = [];
    private readonly Queue<StreamedEvent> _all = new();
    private long _bytes;

    public void Add(StreamedEvent one)
    {
        if (!_topics.TryGetValue(one.StreamId, out var run) || run.Last != one.Position - 1)
        {
            // New, or retention took what stood in between before it was read.
            _topics[one.StreamId] = run = new Run(one.Position);
        }

        run.Add(one);
        _all.Enqueue(one);
        _bytes += SizeOf(one);
        while (_all.Count > most || (_bytes > mostBytes && _all.Count > 1))
        {
            Drop(_all.Dequeue());
        }
    }

    /// <summary>
    /// Whether it is known here which event stands at a position: one that is here or, as null, none yet. Otherwise the
    /// log knows.
    /// </summary>
    public bool TryFind(StreamId stream, long position, out StreamedEvent? found)
    {
        found = null;
        if (!_topics.TryGetValue(stream, out var run) || position < run.First)
        {
            return false;
        }

        found = position <= run.Last ? run.At(position) : null;
        return true;
    }

    /// <summary>The position of the first event here; null for none.</summary>
    public long? First(StreamId stream) => _topics.TryGetValue(stream, out var run) ? run.First : null;

    /// <summary>The position of the last event here; null for none.</summary>
    public long? Last(StreamId stream) => _topics.TryGetValue(stream, out var run) ? run.Last : null;

    private void Drop(StreamedEvent one)
    {
        _bytes -= SizeOf(one);
        if (_topics.TryGetValue(one.StreamId, out var run) && run.First == one.Position)
        {
            run.DropFirst();
            if (run.First > run.Last)
            {
                _topics.Remove(one.StreamId);
            }
        }
    }

    private static int SizeOf(StreamedEvent one) => BytesBeside + (one.Envelope.HasJson ? one.Envelope.PayloadJson.Length : 0);

    /// <summary>Events of one topic without gaps.</summary>
    private sealed class Run(long first)
    {
        private readonly List<StreamedEvent?> _events = [];
        private int _dropped;

        public long First { get; private set; } = first;

        public long Last => First + _events.Count - _dropped - 1;

        public void Add(StreamedEvent one) => _events.Add(one);

        public StreamedEvent At(long position) => _events[_dropped + (int)(position - First)]!;

        public void DropFirst()
        {
            First++;
            _events[_dropped++] = null;
            if (_dropped * 2 > _events.Count)
            {
                _events.RemoveRange(0, _dropped);
                _dropped = 0;
            }
        }
    }
}
