using Microsoft.Extensions.Time.Testing;
using OrleansAgents.Agents;
using OrleansAgents.Audit;
using OrleansAgents.Messaging;
using Xunit;

namespace OrleansAgents.Tests.Audit;

public sealed class AuditTrailTests
{
    private static readonly AgentId Till = new("till", "eu");
    private readonly FakeTimeProvider _time = new(TestLog.Start);
    private readonly AuditTrail _trail;

    public AuditTrailTests() => _trail = new AuditTrail(Till, key: null, _time);

    [Fact]
    public void Take_OfWhatWasNoted_GivesAChain()
    {
        var message = Message();
        _trail.Note(message, Outcome.Accepted, code: null);
        _trail.Note(Message(), Outcome.Failed, RefusalCodes.HandlerFailed);
        Assert.True(_trail.IsDue);
        var first = _trail.Take();
        _trail.Note(Message(), Outcome.Refused, RefusalCodes.UnknownContract);
        var second = _trail.Take();

        Assert.False(_trail.IsDue);
        Assert.Empty(_trail.Take());
        Assert.Equal(
            (message.Id.Value, "till.pay", 2, "client/cli", TestLog.Start, "till/eu"),
            (first[0].Id, first[0].Type, first[0].Version, first[0].Sender, first[0].At, first[0].Agent));
        Assert.Equal([null, RefusalCodes.HandlerFailed, RefusalCodes.UnknownContract], first.Concat(second).Select(e => e.Code));
        Assert.Null(TestLog.Verify(TestLog.Lines(first.Concat(second))).Fault);
    }

    [Fact]
    public void Restore_OfWhereTheLogEnds_GoesOnBehindIt()
    {
        var chain = TestLog.Chain(3);
        _trail.Restore(new AuditHead(3, chain[^1].Hash));
        _trail.Note(Message(), Outcome.Accepted, code: null);

        Assert.Null(TestLog.Verify(TestLog.Lines([.. chain, .. _trail.Take()])).Fault);
    }

    [Fact]
    public void Note_OfMoreRefusalsThanASecondHolds_CountsTheRest()
    {
        Refuse(AuditTrail.MostRefusals + 17);
        _trail.Note(Message(), Outcome.Accepted, code: null);

        var within = _trail.Take();
        Assert.Equal(AuditTrail.MostRefusals + 1, within.Count);
        Assert.All(within, e => Assert.Null(e.Count));
        Assert.True(_trail.IsCounting);
        Assert.False(_trail.IsDue);

        Refuse(3);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(_trail.IsDue);
        var rest = Assert.Single(_trail.Take());
        Assert.Equal((20, Outcome.Refused, null, null), (rest.Count, rest.Outcome, rest.Id, rest.Sender));
        Assert.False(_trail.IsCounting);
    }

    [Fact]
    public void Note_InTheNextSecond_IsNotedAgainBehindTheCount()
    {
        Refuse(AuditTrail.MostRefusals + 1);
        _ = _trail.Take();
        _time.Advance(TimeSpan.FromSeconds(1));
        Refuse(1);

        Assert.Equal([1L, null], _trail.Take().Select(e => e.Count));
    }

    [Fact]
    public void CloseCount_BeforeTheSecondIsOver_TellsOfItAtOnce()
    {
        Refuse(AuditTrail.MostRefusals + 5);
        _ = _trail.Take();
        _trail.CloseCount();

        Assert.Equal(5, Assert.Single(_trail.Take()).Count);
    }

    private void Refuse(int times)
    {
        for (var i = 0; i < times; i++)
        {
            _trail.Note(Message(), Outcome.Refused, RefusalCodes.UnknownContract);
        }
    }

    private static Envelope Message() => Envelope.CreateJson("client/cli", "till/eu", "till.pay", "{}"u8.ToArray(), 2).WithId(MessageId.New());
}
