using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using Xunit;

namespace OrleansAgents.Tests.Agents;

public sealed class CommitBatchTests
{
    [Fact]
    public void Commit_OfAStateThatDidNotChange_HasNone()
    {
        var batch = new CommitBatch();
        batch.Acknowledge(MessageId.New());
        Assert.Null(batch.ToCommit(etag: 3, wakeAt: null).State);
    }

    [Fact]
    public void Commit_OfANewState_HasIt()
    {
        var batch = new CommitBatch { State = "{}"u8.ToArray() };
        Assert.Equal("{}"u8.ToArray(), batch.ToCommit(etag: 3, wakeAt: null).State!.Value.ToArray());
    }

    [Fact]
    public void Cancel_OfAKeptMessageOfTheSameBatch_TakesTheStoredOneBackToo()
    {
        var kept = Keep();
        var batch = new CommitBatch();
        batch.Outgoing.Add(kept);
        batch.Cancel(kept.Envelope.Id);
        var commit = batch.ToCommit(etag: 3, wakeAt: null);
        Assert.Empty(commit.Outgoing);
        Assert.Equal([kept.Envelope.Id], commit.Acknowledged);
        Assert.Equal([kept.Envelope.Id], batch.Cancelled);
    }

    [Fact]
    public void Cancel_OfAScheduledMessageOfTheSameBatch_NeverReachesTheStore()
    {
        var scheduled = Keep() with { DueAt = DateTimeOffset.UnixEpoch };
        var batch = new CommitBatch();
        batch.Outgoing.Add(scheduled);
        batch.Cancel(scheduled.Envelope.Id);
        var commit = batch.ToCommit(etag: 3, wakeAt: null);
        Assert.Empty(commit.Outgoing);
        Assert.Empty(commit.Acknowledged);
    }

    [Fact]
    public void Keep_BehindACancelOfTheSameId_IsWrittenBehindIt()
    {
        var kept = Keep();
        var batch = new CommitBatch();
        batch.Cancel(kept.Envelope.Id);
        batch.Outgoing.Add(kept);
        var commit = batch.ToCommit(etag: 3, wakeAt: null);
        Assert.Equal([kept.Envelope.Id], commit.Acknowledged);
        Assert.Equal([kept], commit.Outgoing);
    }

    private static OutgoingMessage Keep() =>
        new(Envelope.CreateJson("a/1", "b/1", "kept", "{}"u8.ToArray()), DateTimeOffset.UnixEpoch) { DueAt = DateTimeOffset.MaxValue };
}
