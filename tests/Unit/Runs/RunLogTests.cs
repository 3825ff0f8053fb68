using System.Text.Json;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;
using Xunit;

namespace OrleansAgents.Tests.Runs;

public sealed class RunLogTests
{
    private readonly RunLog _log = new();

    [Fact]
    public void Add_InAnyOrder_IsALogInOrder()
    {
        foreach (var sequence in new[] { 3, 1, 4, 2 })
        {
            Add(new RunEvent(sequence, default, Artifact: Text("a", $"{sequence}")));
        }

        Assert.Equal((4, "1234"), (_log.Last, Assert.Single(Assert.Single(_log.Artifacts).Parts).Text));
        Assert.Equal(3, JsonElement.Parse(_log[3]).GetProperty("sequence").GetInt32());
    }

    [Fact]
    public void Add_WithAGap_WaitsForWhatIsMissing()
    {
        Add(new RunEvent(1, default, RunState.Submitted));
        Add(new RunEvent(3, default, RunState.Completed));
        Assert.Equal(1, _log.Last);
    }

    [Fact]
    public void Artifact_ThatIsNotAppended_TakesThePlaceOfTheOneBefore()
    {
        Add(new RunEvent(1, default, Artifact: Text("a", "old")));
        Add(new RunEvent(2, default, Artifact: Text("b", "other")));
        Add(new RunEvent(3, default, Artifact: Text("a", "new", append: false)));
        Assert.Equal(["a new", "b other"], _log.Artifacts.Select(a => $"{a.Id} {a.Parts.Single().Text}"));
    }

    [Fact]
    public void Artifact_OfSeveralParts_KeepsThemApartAndTheirNames()
    {
        Add(new RunEvent(1, default, Artifact: new Artifact("a", [Part.Of("x"), Part.OfBytes([1, 2]), Part.Of("y")], "name")));
        Add(new RunEvent(2, default, Artifact: new Artifact("a", [Part.Of("z")], Description: "what", Append: true, Last: true)));
        var made = Assert.Single(_log.Artifacts);
        Assert.Equal(("name", "what", true), (made.Name, made.Description, made.Last));
        Assert.Equal(["x", "AQI=", "yz"], made.Parts.Select(p => p.Text ?? p.Raw));
    }

    [Fact]
    public void Message_OfAState_IsTheLatestAndStaysInTheHistory()
    {
        Add(new RunEvent(1, default, RunState.InputRequired, new Saying("1", ByOwner: false, [Part.Of("which?")])));
        Add(new RunEvent(2, default, RunState.Working, new Saying("2", ByOwner: true, [Part.Of("this")]), Progress: 0.5));
        Add(new RunEvent(3, default, RunState.Completed));
        Assert.Equal((RunState.Completed, null), (_log.Change!.State, _log.Change.Message));
        Assert.Equal(["which?", "this"], _log.History.Select(s => s.Parts[0].Text));
        Assert.Equal(0.5, _log.Progress);
    }

    [Theory]
    [InlineData("""{}""", "exactly one")]
    [InlineData("""{"text":"a","url":"b"}""", "exactly one")]
    [InlineData("""{"raw":"not base 64!"}""", "base64")]
    [InlineData("""{"text":"a","metadata":[]}""", "metadata")]
    [InlineData("""{"text":""}""", null)]
    [InlineData("""{"data":null}""", null)]
    [InlineData("""{"data":false,"mediaType":"x/y"}""", null)]
    [InlineData("""{"raw":"AQI=","fileName":"f"}""", null)]
    public void Part_WithAFault_SaysWhich(string json, string? fault)
    {
        var found = JsonSerializer.Deserialize<Part>(json, PayloadJson.Options)!.FindFault();
        Assert.True(fault is null ? found is null : found?.Contains(fault, StringComparison.Ordinal), found);
    }

    [Fact]
    public void Part_WrittenAsJson_HasOnlyWhatItIs() =>
        Assert.Equal("""{"text":"a"}""", JsonSerializer.Serialize(Part.Of("a"), PayloadJson.Options));

    private static Artifact Text(string id, string text, bool append = true) => new(id, [Part.Of(text)], Append: append);

    private void Add(RunEvent one) => _log.Add(one, JsonSerializer.SerializeToUtf8Bytes(one, PayloadJson.Options), MessageId.New());
}
