using OrleansAgents.Messaging;

namespace OrleansAgents.Agents;

/// <summary>
/// The messages an agent handled last, with their answers: a ring that grows from four places to its limit, and hash
/// chains through it. Finding and adding take constant time and no allocation once grown.
/// </summary>
internal sealed class HandledMessages(int limit, TimeSpan? age = null)
{
    private Slot[] _slots = new Slot[Math.Min(4, limit)];
    private int[] _heads = new int[4];
    private int _next, _count;

    private struct Slot
    {
        public MessageId Id;
        public Reply Reply;
        public long At;
        public int Following;
    }

    /// <summary>Remembers what a store kept, oldest first.</summary>
    public void Restore(IReadOnlyList<HandledMessage> handled)
    {
        foreach (var message in handled)
        {
            Add(message.Id, Reply.Accepted(message.Reply?.ToArray()), message.At.UtcTicks);
        }
    }

    /// <summary>What is remembered, oldest first.</summary>
    public IEnumerable<(MessageId Id, Reply Reply)> List()
    {
        var oldest = _count < _slots.Length ? 0 : _next;
        for (var i = 0; i < _count; i++)
        {
            var slot = _slots[(oldest + i) % _slots.Length];
            yield return (slot.Id, slot.Reply);
        }
    }

    /// <summary>The answer that the message got, unless it is forgotten.</summary>
    public bool TryGet(MessageId id, long nowTicks, out Reply reply)
    {
        for (var i = _heads[Head(id)]; i != 0; i = _slots[i - 1].Following)
        {
            ref var slot = ref _slots[i - 1];
            if (slot.Id == id)
            {
                reply = slot.Reply;
                return age is null || nowTicks - slot.At <= age.Value.Ticks;
            }
        }

        reply = default;
        return false;
    }

    /// <summary>Remembers a message and forgets the oldest where the ring is full.</summary>
    public void Add(MessageId id, Reply reply, long nowTicks)
    {
        if (_count == _slots.Length && _count < limit)
        {
            Grow();
        }

        if (_count == _slots.Length)
        {
            Unlink(_next);
        }
        else
        {
            _count++;
        }

        ref var head = ref _heads[Head(id)];
        _slots[_next] = new Slot { Id = id, Reply = reply, At = nowTicks, Following = head };
        head = _next + 1;
        _next = (_next + 1) % _slots.Length;
    }

    // The counter in the platform's ids reaches only the upper bits of their hash: taken as it is, all of one
    // millisecond would share a chain. There are never fewer than four heads, so the shift is in range.
    private int Head(MessageId id) =>
        (int)((uint)id.GetHashCode() * 0x9E37_79B9u >> (32 - System.Numerics.BitOperations.Log2((uint)_heads.Length)));

    private void Unlink(int index)
    {
        ref var link = ref _heads[Head(_slots[index].Id)];
        while (link != index + 1)
        {
            link = ref _slots[link - 1].Following;
        }

        link = _slots[index].Following;
    }

    private void Grow()
    {
        // Full, so the oldest stands where the next would go.
        var old = _slots;
        var oldest = _next;
        _slots = new Slot[Math.Min(old.Length * 2, Math.Max(limit, 1))];
        _heads = new int[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)_slots.Length)];
        _next = 0;
        _count = 0;
        for (var i = 0; i < old.Length; i++)
        {
            ref var slot = ref old[(oldest + i) % old.Length];
            Add(slot.Id, slot.Reply, slot.At);
        }
    }
}
