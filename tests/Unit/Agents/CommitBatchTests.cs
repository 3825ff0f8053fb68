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
}
