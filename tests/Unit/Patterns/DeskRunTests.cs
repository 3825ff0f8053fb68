using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Patterns;
using Xunit;

namespace OrleansAgents.Tests.Patterns;

public sealed class DeskRunTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly DeskState _state = new();

    private DeskRun Run => new(_state, new AgentId("desk", "d"));

    [Fact]
    public void Open_TellsTheOwnerFirst()
    {
        Run.Open("client/x", new DeskOpen("a/1", "hi"), Now);
        _state.Waiting.Add("m");
        Assert.Equal(new DeskHanded("desk/d", "d", null, "hi", 0), _state.Note);
        Run.Handled(null);
        Assert.Null(_state.Note);
        Assert.Single(_state.Waiting);
        Run.Handled(null);
        Assert.Equal((0, 1L, false), (_state.Waiting.Count, _state.Given, Run.HasMore));
    }

    [Fact]
    public void HandOver_ToAnother_TellsThatOneWithWhatWasBefore()
    {
        Open();
        _state.Waiting.AddRange(["m", "n"]);
        Run.Handled(new DeskHandOff("b/1", "yours"));
        Run.HandOver(Now);
        Assert.Equal(("b/1", new DeskHanded("desk/d", "d", "a/1", "yours", 1)), (_state.Owner, _state.Note));
        Assert.Equal(["n"], _state.Waiting);
    }

    [Fact]
    public void HandOver_ToItself_ChangesNothing()
    {
        Open();
        _state.HandOff = new DeskHandOff("a/1");
        Run.HandOver(Now);
        Assert.Equal((1, null), (_state.Owners.Count, _state.Note));
    }

    [Fact]
    public void GiveUp_OfANote_BringsItBackToTheOneBeforeAndNoFurther()
    {
        Open();
        _state.HandOff = new DeskHandOff("b/1", "yours");
        Run.HandOver(Now);
        Assert.False(Run.GiveUp(new Refusal("b.no", "No."), Now));
        Assert.Equal(("a/1", "b.no: No.", "b/1"), (_state.Owner, _state.Note!.Returned, _state.Note.From));
        Assert.True(Run.GiveUp(new Refusal("a.no", "Nor I."), Now));
        Assert.Equal(("a/1", null), (_state.Owner, _state.Note));
    }

    [Fact]
    public void GiveUp_OfAMessage_GoesOnWithTheNext()
    {
        Open();
        _state.Waiting.AddRange(["m", "n"]);
        Assert.True(Run.GiveUp(new Refusal("a.no", "No."), Now));
        Assert.Equal(["n"], _state.Waiting);
        Assert.Equal(0, _state.Given);
    }

    [Fact]
    public void Owners_OfAManyTimesHandedDesk_AreTheLastHundred()
    {
        Open();
        for (var i = 0; i < 200; i++)
        {
            _state.HandOff = new DeskHandOff($"b/{i}", new string('x', 5000));
            Run.HandOver(Now);
        }

        Assert.Equal((DeskRun.MostOwners, "b/199", 1000), (_state.Owners.Count, _state.Owners[^1].Agent, _state.Owners[^1].Note!.Length));
    }

    [Fact]
    public void FindFault_OfANoteTooLong_SaysSo()
    {
        Assert.Null(DeskRun.FindFault("a/1", new string('x', DeskRun.NoteBytes)));
        Assert.NotNull(DeskRun.FindFault("a/1", new string('x', DeskRun.NoteBytes + 1)));
        Assert.NotNull(DeskRun.FindFault("nobody", null));
    }

    private void Open()
    {
        Run.Open("client/x", new DeskOpen("a/1"), Now);
        Run.Handled(null);
    }
}
