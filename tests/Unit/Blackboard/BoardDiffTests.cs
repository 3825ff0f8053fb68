using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Blackboard;
using OrleansAgents.Messaging;
using Xunit;

namespace OrleansAgents.Tests.Blackboard;

public sealed class BoardDiffTests
{
    private const int Overhead = 128;

    private static readonly BlackboardDiff Diff = new("b", 0, 1, [], "client/x", DateTimeOffset.UnixEpoch);

    [Fact]
    public void Fit_WhatFits_IsThePatchAsItCame()
    {
        JsonPatchOperation[] patch = [JsonPatchOperation.Test("/a", JsonElement.Parse("1")), JsonPatchOperation.Add("/b", JsonElement.Parse("2"))];
        Assert.Same(patch, Fit("""{"a":1}""", """{"a":1,"b":2}""", patch, 1000).Patch);
    }

    [Fact]
    public void Fit_APatchTooLong_IsTheLeastThatChanged()
    {
        var detour = Enumerable.Range(0, 100).Select(i => JsonPatchOperation.Add("/b", JsonElement.Parse($"{i}"))).ToArray();
        var operation = Assert.Single(Fit("""{"a":1}""", """{"a":1,"b":99}""", detour, 500).Patch);
        Assert.Equal(("add", "/b", 99), (operation.Op, operation.Path, operation.Value.GetInt32()));
    }

    [Fact]
    public void Fit_ManyOperations_IsTheWholeDocumentWhereThatIsShorter()
    {
        var all = $"{{{string.Join(',', Enumerable.Range(100, 50).Select(i => $"\"{i}\":1"))}}}";
        var operation = Assert.Single(Fit("{}", all, patch: null, all.Length + Overhead + 20).Patch);
        Assert.Equal(("replace", "", all), (operation.Op, operation.Path, operation.Value.GetRawText()));
    }

    [Fact]
    public void Fit_WhatNeverFits_IsRefusedAsTooLarge() => Assert.Equal(
        RefusalCodes.TooLarge,
        Assert.Throws<AgentRefusedException>(() => Fit("{}", $$"""{"a":"{{new string('x', 500)}}"}""", patch: null, 500)).Code);

    private static BlackboardDiff Fit(string old, string document, IReadOnlyList<JsonPatchOperation>? patch, int room)
    {
        var fitting = BoardDiffs.Fit(Diff, patch, Read(old), Read(document), room);
        Assert.True(PayloadJson.Write(fitting).Length <= room);
        return fitting;
    }

    private static JsonTree Read(string json) => JsonTreeReader.Read(JsonElement.Parse(json), JsonPatchLimits.None);
}
