using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using Xunit;

namespace OrleansAgents.Tests.Agents;

public sealed class CarriedMessagesTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(20)]
    public void Read_OfWhatWasWritten_KnowsTheLastMessagesAndTheirAnswers(int messages)
    {
        var handled = new HandledMessages(8);
        var ids = Enumerable.Range(0, messages).Select(_ => MessageId.New()).ToArray();
        for (var i = 0; i < messages; i++)
        {
            handled.Add(ids[i], Reply.Accepted(i % 2 == 0 ? new Answer(i) : null), 0);
        }

        var carried = CarriedMessages.Read(CarriedMessages.Write(handled), 8);
        for (var i = 0; i < messages; i++)
        {
            Assert.Equal(i >= messages - 8, carried.TryGet(ids[i], 0, out var reply));
            Assert.Equal(i >= messages - 8 && i % 2 == 0 ? new Answer(i) : null, reply.As<Answer>());
        }
    }

    [Fact]
    public void Write_OfAnAnswerThatIsNoJson_ForgetsThatMessageOnly()
    {
        var handled = new HandledMessages(8);
        var (kept, lost) = (MessageId.New(), MessageId.New());
        handled.Add(lost, Reply.Accepted(new Unwritable(typeof(int))), 0);
        handled.Add(kept, Reply.Accepted(), 0);

        var carried = CarriedMessages.Read(CarriedMessages.Write(handled), 8);
        Assert.False(carried.TryGet(lost, 0, out _));
        Assert.True(carried.TryGet(kept, 0, out _));
    }

    internal sealed record Answer(int Number);

    internal sealed record Unwritable(Type Type);
}
