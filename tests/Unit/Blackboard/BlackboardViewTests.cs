using System.Text.Json;
using OrleansAgents.Blackboard;
using OrleansAgents.Messaging;
using Xunit;

namespace OrleansAgents.Tests.Blackboard;

public sealed class BlackboardViewTests
{
    private readonly BlackboardView _view = new();

    [Fact]
    public void Apply_TheNextChange_MovesTheView()
    {
        Assert.Equal(BlackboardStep.Applied, _view.Apply(Diff(0, JsonPatchOperation.Add("/a", JsonElement.Parse("1")))));
        Assert.Equal((1, """{"a":1}"""), (_view.Version, _view.Document.GetRawText()));
    }

    [Fact]
    public void Apply_AChangeThatItHas_IsADuplicate()
    {
        _view.Reset(new BlackboardContent(5, JsonElement.Parse("""{"a":1}""")));
        Assert.Equal(BlackboardStep.Duplicate, _view.Apply(Diff(4, JsonPatchOperation.Remove("/a"))));
        Assert.Equal((5, """{"a":1}"""), (_view.Version, _view.Document.GetRawText()));
    }

    [Fact]
    public void Apply_AChangeBehindAMissingOneOrOfAnotherDocument_IsAGap()
    {
        Assert.Equal(BlackboardStep.Gap, _view.Apply(Diff(1, JsonPatchOperation.Add("/a", JsonElement.Parse("1")))));
        Assert.Equal(BlackboardStep.Gap, _view.Apply(Diff(0, JsonPatchOperation.Remove("/b"))));
        Assert.Equal((0, "{}"), (_view.Version, _view.Document.GetRawText()));
    }

    [Fact]
    public void View_InAState_IsReadAsItWasWritten()
    {
        _view.Reset(new BlackboardContent(5, JsonElement.Parse("""{"a":"é"}""")));
        var read = JsonSerializer.Deserialize<BlackboardView>(JsonSerializer.Serialize(_view, PayloadJson.Options), PayloadJson.Options)!;
        Assert.Equal((5, """{"a":"é"}"""), (read.Version, read.Document.GetRawText()));
    }

    [Theory]
    [InlineData(BlackboardCodes.Conflict, "The version is 12; blackboard/a was expected to be at 3.", 12L)]
    [InlineData(BlackboardCodes.Gone, "The oldest version is 7; whatever.", 7L)]
    [InlineData(BlackboardCodes.Unknown, "The version is 0; whatever.", 0L)]
    [InlineData(BlackboardCodes.Conflict, "The version is x; y.", null)]
    [InlineData(BlackboardCodes.Conflict, "The version is 12", null)]
    [InlineData(BlackboardCodes.NoPath, "The version is 12; z.", null)]
    public void TryReadVersion_OfARefusal_IsTheVersionThatItNames(string code, string message, long? version) =>
        Assert.Equal(version, BlackboardRefusal.TryReadVersion(new Refusal(code, message), out var read) ? read : null);

    [Fact]
    public void Refusals_OfABoard_AreReadBack()
    {
        Assert.All(
            [BlackboardRefusal.Conflict("blackboard/a", 9, 3), BlackboardRefusal.Gone("blackboard/a", 9, 3), BlackboardRefusal.Unknown("blackboard/a", 9, 30)],
            refused => Assert.True(BlackboardRefusal.TryReadVersion(refused.Refusal, out var version) && version == 9));
    }

    [Theory]
    [InlineData("plan", "blackboard/plan")]
    [InlineData("eu/plan", "blackboard/eu/plan")]
    public void Address_OfAName_IsTheAgentAndTheTopic(string name, string address)
    {
        Assert.Equal(address, BlackboardAddress.Of(name).ToString());
        Assert.Equal(address, BlackboardAddress.TopicOf(name).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a//b")]
    public void Address_OfNoName_Throws(string name) => Assert.Throws<FormatException>(() => BlackboardAddress.Of(name));

    private static BlackboardDiff Diff(long from, params JsonPatchOperation[] patch) => new("a", from, from + 1, patch, "client/x", DateTimeOffset.UnixEpoch);
}
