using System.Text.Json;
using OrleansAgents.A2A;
using OrleansAgents.Runs;
using Xunit;

namespace OrleansAgents.Tests.A2A;

public sealed class RemoteTaskTests
{
    private readonly RemoteTask _task = new("t");

    [Fact]
    public void Pieces_OfAnArtifact_AreReportedAsTheyComeAndCometogether()
    {
        Take(AgentSteps.Task("t", "WORKING"));
        Assert.Equal(["a- x", "a+ y", "b- z", "a+! w"], ((string[])
        [
            AgentSteps.Piece("t", "a", "x", append: false), AgentSteps.Piece("t", "a", "y"), AgentSteps.Piece("t", "b", "z"), AgentSteps.Piece("t", "a", "w", last: true),
        ]).SelectMany(Take));
        Assert.Equal(["a xyw", "b z"], _task.Artifacts.Select(a => $"{a.Id} {Assert.Single(a.Parts).Text}"));
    }

    [Fact]
    public void Snapshot_OfWhatIsKnown_ReportsWhatHasChangedAlone()
    {
        Take(AgentSteps.Task("t", "WORKING", "on it", AgentSteps.Artifact("a", "x")));
        Take(AgentSteps.Piece("t", "a", "y"));
        Assert.Empty(Take(AgentSteps.Task("t", "WORKING", "on it", AgentSteps.Artifact("a", "xy"))));
        Assert.Equal(["a- xyz", "b- new", "Working still"], Take(AgentSteps.Task("t", "WORKING", "still", AgentSteps.Artifact("a", "xyz"), AgentSteps.Artifact("b", "new"))));
    }

    [Fact]
    public void States_OfATask_AreReportedUntilItRests()
    {
        Assert.Empty(Take(AgentSteps.Task("t", "SUBMITTED")));
        Assert.Equal(["Working"], Take(AgentSteps.Update("t", "WORKING")));
        Assert.Empty(Take(AgentSteps.Update("t", "WORKING")));
        Assert.Equal(["Working half 0.5"], Take(AgentSteps.Update("t", "WORKING", "half", """{"progress":0.5}""")));
        Assert.Equal(["AuthRequired show"], Take(AgentSteps.Update("t", "AUTH_REQUIRED", "show")));
        Assert.False(_task.IsAtRest);
        Assert.Empty(Take(AgentSteps.Update("t", "FAILED", "no", """{"code":"paint.empty"}""")));
        Assert.Equal((true, AgentTaskState.Failed, "no", "paint.empty"), (_task.IsAtRest, _task.State, _task.Message!.Parts[0].Text, _task.Code));
        Take(AgentSteps.Update("t", "WORKING"));
        Assert.Equal(AgentTaskState.Failed, _task.State);
    }

    [Fact]
    public void Event_OfAnotherTask_IsRefused() => Assert.Throws<RemoteException>(() => Take(AgentSteps.Update("other", "WORKING")));

    [Fact]
    public void Reports_ThatAppendToOneArtifact_AreOne()
    {
        var reports = RunPieces.Together(
        [
            Piece("a", "1", append: false), Piece("a", "2"), Piece("a", "3"), new RunReport(RunState.Working), Piece("a", "4"), Piece("b", "5"), Piece("b", "6", last: true), Piece("b", "7"),
        ]);
        Assert.Equal(["a- 123", "Working", "a+ 4", "b+! 56", "b+ 7"], reports.Select(Show));
        var large = RunPieces.Together([Piece("a", new string('x', 40_000)), Piece("a", "y")]);
        Assert.Equal(2, large.Count);
    }

    private static RunReport Piece(string id, string text, bool append = true, bool last = false) => new(Artifact: new Artifact(id, [Part.Of(text)], Append: append, Last: last));

    private string[] Take(string json) =>
        [.. _task.Take(JsonSerializer.Deserialize(json, A2AJson.Default.StreamResponse)!, "there").Select(Show)];

    private static string Show(RunReport report) => string.Join(' ', ((string?[])
    [
        report.State?.ToString(), report.Message?[0].Text,
        report.Artifact is { } a ? $"{a.Id}{(a.Append ? '+' : '-')}{(a.Last ? "!" : "")} {string.Concat(a.Parts.Select(p => p.Text))}" : null,
        report.Progress?.ToString(System.Globalization.CultureInfo.InvariantCulture),
    ]).Where(t => t is not null));
}
