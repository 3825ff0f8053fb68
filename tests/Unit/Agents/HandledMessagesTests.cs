using CsCheck;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using Xunit;

namespace OrleansAgents.Tests.Agents;

public sealed class HandledMessagesTests
{
    [Fact]
    public void TryGet_OfAHandledMessage_FindsItsReply()
    {
        var handled = new HandledMessages(16);
        var id = MessageId.New();
        Assert.False(handled.TryGet(id, 0, out _));

        handled.Add(id, Reply.Accepted("answer"), 0);

        Assert.True(handled.TryGet(id, long.MaxValue, out var reply));
        Assert.Equal("answer", reply.As<string>());
        Assert.False(handled.TryGet(MessageId.New(), 0, out _));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(100)]
    [InlineData(1000)]
    public void Add_BeyondTheLimit_ForgetsTheOldestFirst(int limit)
    {
        var handled = new HandledMessages(limit);
        var ids = Enumerable.Range(0, limit * 3).Select(_ => MessageId.New()).ToArray();
        for (var added = 0; added < ids.Length; added++)
        {
            handled.Add(ids[added], Reply.Accepted(added), added);

            var oldest = Math.Max(0, added + 1 - limit);
            Assert.True(handled.TryGet(ids[oldest], 0, out var reply));
            Assert.Equal(oldest, reply.As<int>());
            Assert.True(oldest == 0 || !handled.TryGet(ids[oldest - 1], 0, out _));
        }

        Assert.Equal(limit, ids.Count(id => handled.TryGet(id, 0, out _)));
    }

    [Fact]
    public void Add_BeyondTheLimitWhileASignedMessageMayComeAgain_KeepsIt()
    {
        var handled = new HandledMessages(4);
        var ids = Enumerable.Range(0, 20).Select(_ => MessageId.New()).ToArray();
        var allowance = TimeSpan.FromTicks(100);
        for (var i = 0; i < ids.Length; i++)
        {
            handled.Add(ids[i], Reply.Accepted(i), nowTicks: i, sentAt: i, allowance);
        }

        Assert.All(ids, id => Assert.True(handled.TryGet(id, 20, out _)));
        Assert.Equal(0, handled.ForgottenUntil);

        // Later the first could come again no more: it makes room, and nothing that could is forgotten.
        var late = MessageId.New();
        for (var i = 0; i < 40; i++)
        {
            handled.Add(i == 39 ? late : MessageId.New(), Reply.Accepted(), nowTicks: 500, sentAt: 500, allowance);
        }

        Assert.False(handled.TryGet(ids[0], 500, out _));
        Assert.True(handled.TryGet(late, 500, out _));
        Assert.Equal(0, handled.ForgottenUntil);
    }

    [Fact]
    public void Add_OfMoreSignedMessagesThanAreKept_TellsFromWhenOnItKnowsThemAll()
    {
        const int Kept = 100_000;
        var handled = new HandledMessages(4);
        for (var i = 1; i <= Kept + 10; i++)
        {
            handled.Add(MessageId.New(), Reply.Accepted(), nowTicks: i, sentAt: i, TimeSpan.FromTicks(1_000_000));
        }

        Assert.Equal(10, handled.ForgottenUntil);
    }

    [Fact]
    public void Restore_OfAsManyAsAStoreKeeps_TakesEarlierOnesForForgotten()
    {
        var handled = new HandledMessages(2, TimeSpan.FromMinutes(10));
        var at = new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
        HandledMessage[] stored = [new(MessageId.New(), at, null), new(MessageId.New(), at.AddSeconds(1), null)];
        handled.Restore(stored, TimeSpan.Zero);
        Assert.Equal(0, handled.ForgottenUntil);
        handled = new HandledMessages(2, TimeSpan.FromMinutes(10));
        handled.Restore(stored, TimeSpan.FromMinutes(5));
        Assert.Equal(at.UtcTicks, handled.ForgottenUntil);
    }

    [Fact]
    public void TryGet_BeyondTheAge_ForgetsTheMessage()
    {
        var handled = new HandledMessages(16, TimeSpan.FromTicks(10));
        var id = MessageId.New();
        handled.Add(id, Reply.Accepted(), 100);

        Assert.True(handled.TryGet(id, 110, out _));
        Assert.False(handled.TryGet(id, 111, out _));

        handled.Add(id, Reply.Accepted("again"), 111);

        Assert.True(handled.TryGet(id, 121, out var reply));
        Assert.Equal("again", reply.As<string>());
    }

    [Fact]
    public void TryGet_OfCollidingIds_TellsThemApart()
    {
        var ids = Enumerable.Range(1, 200).Select(Colliding).ToArray();
        Assert.Single(ids.Select(id => id.GetHashCode()).Distinct());
        var handled = new HandledMessages(64);
        for (var i = 0; i < ids.Length; i++)
        {
            handled.Add(ids[i], Reply.Accepted(i), i);
        }

        for (var i = 0; i < ids.Length; i++)
        {
            Assert.Equal(i >= ids.Length - 64, handled.TryGet(ids[i], 0, out var reply));
            Assert.True(i < ids.Length - 64 || reply.As<int>() == i);
        }
    }

    [Fact]
    public void Operations_InAnyOrder_MatchANaiveModel() =>
        Gen.Select(Gen.Int[4, 40], Gen.Int[0, 60].Array[0, 200]).Sample(
            (limit, picks) =>
            {
                var handled = new HandledMessages(limit, TimeSpan.FromTicks(50));
                var model = new List<(MessageId Id, int Answer)>();
                for (var now = 0; now < picks.Length; now++)
                {
                    var id = Colliding(picks[now] + 1);
                    var expected = model.FindLastIndex(m => m.Id == id && now - m.Answer <= 50);
                    var found = handled.TryGet(id, now, out var reply);
                    Assert.Equal(expected >= 0, found);
                    if (found)
                    {
                        Assert.Equal(model[expected].Answer, reply.As<int>());
                        continue;
                    }

                    handled.Add(id, Reply.Accepted(now), now);
                    model.Add((id, now));
                    model.RemoveRange(0, Math.Max(0, model.Count - limit));
                }
            },
            iter: 500);

    // All numbers share one hash code: a Guid's is the exclusive or of its four parts.
    private static MessageId Colliding(int number)
    {
        Span<byte> bytes = stackalloc byte[16];
        BitConverter.TryWriteBytes(bytes, number);
        BitConverter.TryWriteBytes(bytes[4..], number);
        return new MessageId(new Guid(bytes));
    }
}
