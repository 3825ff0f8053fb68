using System.Text.Json;
using OrleansAgents.Messaging;
using OrleansAgents.Patterns;
using Xunit;

namespace OrleansAgents.Tests.Patterns;

public sealed class GroupRunTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Next_WithoutAModerator_GoesRoundUntilTheTurnsAreOver()
    {
        var (run, state) = New(new GroupStart("t", ["a/1", "a/2"], MaxTurns: 3));
        foreach (var speaker in (string[])["a/1", "a/2", "a/1"])
        {
            Assert.Equal((GroupMove.AskMember, speaker), (run.Next(Now), state.Speaker));
            run.Hear(Said("x"));
        }

        Assert.Equal((GroupMove.End, GroupEnd.Turns), (run.Next(Now), state.Reason));
    }

    [Fact]
    public void Next_BehindTheTime_Ends()
    {
        var (run, state) = New(new GroupStart("t", ["a/1"]));
        Assert.Equal((GroupMove.End, GroupEnd.Deadline), (run.Next(Now.AddHours(1)), state.Reason));
    }

    [Fact]
    public void Next_WhenNobodySaidAnythingInARow_Ends()
    {
        var (run, state) = New(new GroupStart("t", ["a/1", "a/2"]));
        run.Next(Now);
        run.Hear(Said("x"));
        run.Next(Now);
        run.Hear(new PatternAnswer(JsonElement.Parse("{}"), null));
        run.Next(Now);
        var failed = run.Hear(new PatternAnswer(null, new Refusal("a.no", "No.")));
        Assert.Equal(("a.no", 3), (failed.Failed, failed.Number));
        Assert.Equal((GroupMove.End, GroupEnd.Silence), (run.Next(Now), state.Reason));
    }

    [Fact]
    public void Choose_OfAMember_LetsThatOneSpeak()
    {
        var (run, state) = New(new GroupStart("t", ["a/1", "a/2"], Moderator: "m/1"));
        Assert.Equal(GroupMove.AskModerator, run.Next(Now));
        Assert.Equal((GroupMove.AskMember, "a/2"), (run.Choose(Choice("\"a/2\""), Now), state.Speaker));
    }

    [Fact]
    public void Choose_OfNobody_Ends()
    {
        var (run, state) = New(new GroupStart("t", ["a/1"], Moderator: "m/1"));
        run.Next(Now);
        Assert.Equal((GroupMove.End, GroupEnd.Over), (run.Choose(Choice("null"), Now), state.Reason));
    }

    [Fact]
    public void Choose_OfNoUseThreeTimesInARow_Ends()
    {
        var (run, state) = New(new GroupStart("t", ["a/1"], Moderator: "m/1"));
        run.Next(Now);
        Assert.Equal(GroupMove.AskModerator, run.Choose(Choice("\"a/9\""), Now));
        Assert.Equal(GroupMove.AskModerator, run.Choose(new PatternAnswer(null, new Refusal("m.no", "No.")), Now));
        Assert.Equal((GroupMove.End, GroupEnd.Moderator), (run.Choose(new PatternAnswer(JsonElement.Parse("7"), null), Now), state.Reason));
    }

    [Fact]
    public void Hear_OfTooMuch_IsAFailure()
    {
        var (run, _) = New(new GroupStart("t", ["a/1"]));
        run.Next(Now);
        Assert.Equal(("group.too-large", null), (run.Hear(Said(new string('x', 40_000))).Failed, run.Latest().Entries[0].Text));
        run.Next(Now);
        Assert.Equal(RefusalCodes.InvalidPayload, run.Hear(new PatternAnswer(JsonElement.Parse("[1]"), null)).Failed);
    }

    [Fact]
    public void Latest_OfALongTranscript_IsItsEndAsFarAsTheLimitGoes()
    {
        var (run, state) = New(new GroupStart("t", ["a/1"], TranscriptBytes: 1000));
        for (var i = 0; i < 10; i++)
        {
            run.Next(Now);
            run.Hear(Said(new string('x', 300)));
        }

        var (entries, omitted) = run.Latest();
        Assert.Equal((8, 2, 10), (omitted, entries.Length, entries[^1].Number));
        Assert.True(state.Bytes > 3000);
    }

    [Fact]
    public void FindFault_OfFaultyGroups_SaysWhy()
    {
        Assert.Null(GroupRun.FindFault(new GroupStart("t", ["a/1"]), "g"));
        Assert.NotNull(GroupRun.FindFault(new GroupStart("t", ["a/1"]), "g g"));
        Assert.NotNull(GroupRun.FindFault(new GroupStart("t", []), "g"));
        Assert.NotNull(GroupRun.FindFault(new GroupStart("t", ["nobody"]), "g"));
        Assert.NotNull(GroupRun.FindFault(new GroupStart("t", ["a/1"], Moderator: "nobody"), "g"));
        Assert.NotNull(GroupRun.FindFault(new GroupStart("t", ["a/1"], MaxTurns: 0), "g"));
        Assert.NotNull(GroupRun.FindFault(new GroupStart("t", ["a/1"], Within: TimeSpan.Zero), "g"));
    }

    private static (GroupRun Run, GroupState State) New(GroupStart start)
    {
        var state = new GroupState { Start = start, Until = Now.AddMinutes(1) };
        return (new GroupRun(state, "g"), state);
    }

    private static PatternAnswer Said(string text) => new(JsonSerializer.SerializeToElement(new { text }), null);

    private static PatternAnswer Choice(string speaker) => new(JsonElement.Parse($$"""{"speaker":{{speaker}}}"""), null);
}
