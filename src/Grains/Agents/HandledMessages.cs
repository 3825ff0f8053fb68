using OrleansAgents.Messaging;

namespace OrleansAgents.Agents;

/// <summary>
/// The messages an agent handled last, with their answers: a ring that grows from four places to its limit, and hash
/// chains through it. Finding and adding take constant time and no allocation once grown.
/// </summary>
internal sealed class HandledMessages(int limit, TimeSpan? age = null)
{
    // Those of signed messages are kept beyond the limit while they could be replayed, up to so many.
    private const int MostKept = 100_000;

    private Slot[] _slots = new Slot[Math.Min(4, limit)];
    private int[] _heads = new int[4];
    private int _next, _count;

    private struct Slot
    {
        public MessageId Id;
        public Reply Reply;
        public long At;
        public long SentAt;
        public long KnownUntil;
        public int Following;
    }

    /// <summary>
    /// The latest time at which a signed message was sent that is forgotten and could still come again: what was sent
    /// then or before may be such a one.
    /// </summary>
    public long ForgottenUntil { get; private set; }

    /// <summary>Remembers what a store kept, oldest first.</summary>
    /// <param name="handled">The messages.</param>
    /// <param name="allowance">For how long a signed message may come again; zero where none is checked.</param>
    public void Restore(IReadOnlyList<HandledMessage> handled, TimeSpan allowance)
    {
        foreach (var message in handled)
        {
            var at = message.At.UtcTicks;
            Add(message.Id, Reply.Accepted(message.Reply?.ToArray()), at, at, allowance);
        }

        if (allowance > TimeSpan.Zero && handled.Count >= limit)
        {
            // The store keeps no more; there may have been others before the oldest.
            ForgottenUntil = handled[0].At.UtcTicks;
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
    /// <param name="id">The message.</param>
    /// <param name="reply">Its answer.</param>
    /// <param name="nowTicks">When it was handled; 0 where nobody asks how old a message is.</param>
    /// <param name="sentAt">When it was sent, of a message that could be replayed.</param>
    /// <param name="allowance">For how long after that it could; zero for a message that could not.</param>
    public void Add(MessageId id, Reply reply, long nowTicks, long sentAt = 0, TimeSpan allowance = default) =>
        Add(new Slot
        {
            Id = id,
            Reply = reply,
            At = nowTicks,
            SentAt = sentAt,
            KnownUntil = allowance > TimeSpan.Zero ? sentAt + allowance.Ticks : 0,
        }, nowTicks);

    private void Add(Slot added, long nowTicks)
    {
        if (_count == _slots.Length && (_count < limit || (_slots[_next].KnownUntil > nowTicks && _count < MostKept)))
        {
            Grow();
        }

        if (_count == _slots.Length)
        {
            Forget(nowTicks);
        }
        else
        {
            _count++;
        }

        ref var head = ref _heads[Head(added.Id)];
        added.Following = head;
        _slots[_next] = added;
        head = _next + 1;
        _next = (_next + 1) % _slots.Length;
    }

    // The counter in the platform's ids reaches only the upper bits of their hash: taken as it is, all of one
    // millisecond would share a chain. There are never fewer than four heads, so the shift is in range.
    private int Head(MessageId id) =>
        (int)((uint)id.GetHashCode() * 0x9E37_79B9u >> (32 - System.Numerics.BitOperations.Log2((uint)_heads.Length)));

    private void Forget(long nowTicks)
    {
        Unlink(_next);
        if (_slots[_next].KnownUntil > nowTicks)
        {
            ForgottenUntil = Math.Max(ForgottenUntil, _slots[_next].SentAt);
        }
    }

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
        _slots = new Slot[Math.Min(old.Length * 2, old.Length < limit ? limit : MostKept)];
        _heads = new int[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)_slots.Length)];
        _next = 0;
        _count = 0;
        for (var i = 0; i < old.Length; i++)
        {
            ref var slot = ref old[(oldest + i) % old.Length];
            Add(slot, slot.At);
        }
    }
}
