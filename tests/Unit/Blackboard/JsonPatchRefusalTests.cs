using System.Text.Json;
using OrleansAgents.Blackboard;
using OrleansAgents.Messaging;
using Xunit;

namespace OrleansAgents.Tests.Blackboard;

public sealed class JsonPatchRefusalTests
{
    [Theory]
    [InlineData("""{"op":"add","path":"/x/y","value":1}""", BlackboardCodes.NoPath)]
    [InlineData("""{"op":"add","path":"/list/3","value":1}""", BlackboardCodes.NoPath)]
    [InlineData("""{"op":"add","path":"/list/01","value":1}""", BlackboardCodes.NoPath)]
    [InlineData("""{"op":"add","path":"/list/-1","value":1}""", BlackboardCodes.NoPath)]
    [InlineData("""{"op":"add","path":"/list/x","value":1}""", BlackboardCodes.NoPath)]
    [InlineData("""{"op":"add","path":"/n/x","value":1}""", BlackboardCodes.NoPath)]
    [InlineData("""{"op":"add","path":"/list/-/x","value":1}""", BlackboardCodes.NoPath)]
    [InlineData("""{"op":"remove","path":"/x"}""", BlackboardCodes.NoPath)]
    [InlineData("""{"op":"remove","path":"/list/-"}""", BlackboardCodes.NoPath)]
    [InlineData("""{"op":"remove","path":"/list/2"}""", BlackboardCodes.NoPath)]
    [InlineData("""{"op":"replace","path":"/x","value":1}""", BlackboardCodes.NoPath)]
    [InlineData("""{"op":"replace","path":"/list/-","value":1}""", BlackboardCodes.NoPath)]
    [InlineData("""{"op":"move","from":"/x","path":"/y"}""", BlackboardCodes.NoPath)]
    [InlineData("""{"op":"move","from":"/list/1","path":"/list/2"}""", BlackboardCodes.NoPath)]
    [InlineData("""{"op":"copy","from":"/list/-","path":"/y"}""", BlackboardCodes.NoPath)]
    [InlineData("""{"op":"test","path":"/x","value":null}""", BlackboardCodes.NoPath)]
    [InlineData("""{"op":"test","path":"/n","value":"1"}""", BlackboardCodes.TestFailed)]
    [InlineData("""{"op":"test","path":"/list","value":[2,1]}""", BlackboardCodes.TestFailed)]
    [InlineData("""{"op":"test","path":"/o","value":{"a":1,"b":1}}""", BlackboardCodes.TestFailed)]
    [InlineData("""{"op":"remove","path":""}""", BlackboardCodes.BadOperation)]
    [InlineData("""{"op":"move","from":"/o","path":"/o/a"}""", BlackboardCodes.BadOperation)]
    [InlineData("""{"op":"move","from":"","path":"/o"}""", BlackboardCodes.BadOperation)]
    [InlineData("""{"op":"move","path":"/o"}""", BlackboardCodes.BadOperation)]
    [InlineData("""{"op":"copy","from":"o","path":"/o"}""", BlackboardCodes.BadOperation)]
    [InlineData("""{"op":"Add","path":"/o","value":1}""", BlackboardCodes.BadOperation)]
    [InlineData("""{"op":"","path":"/o"}""", BlackboardCodes.BadOperation)]
    [InlineData("""{"op":"add","path":"o","value":1}""", BlackboardCodes.BadOperation)]
    [InlineData("""{"op":"add","path":"/o~","value":1}""", BlackboardCodes.BadOperation)]
    [InlineData("""{"op":"add","path":"/o~2","value":1}""", BlackboardCodes.BadOperation)]
    [InlineData("""{"op":"add","path":"/o"}""", RefusalCodes.MissingField)]
    [InlineData("""{"op":"test","path":"/o"}""", RefusalCodes.MissingField)]
    [InlineData("""{"op":"add","path":"/o","value":"\ud800"}""", RefusalCodes.MalformedJson)]
    public void Apply_WhatDoesNotApply_NamesTheOperation(string operation, string code)
    {
        var patch = JsonPatch.Parse($$"""[{"op":"add","path":"/first","value":1},{{operation}}]""");
        var fault = Assert.Throws<JsonPatchException>(() => JsonPatch.Apply(JsonElement.Parse("""{"list":[1,2],"n":1,"o":{"a":1}}"""), patch));
        Assert.Equal((code, 1, patch[1].Path), (fault.Code, fault.Index, fault.Path));
        Assert.StartsWith("Operation 1 (", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_AMemberTwice_IsRefused() => Assert.Equal(
        RefusalCodes.DuplicateField,
        Assert.Throws<JsonPatchException>(() => JsonPatch.Apply(
            JsonElement.Parse("{}"), [JsonPatchOperation.Add("/a", JsonDocument.Parse("""{"b":{"c":1,"c":1}}""").RootElement)])).Code);

    [Fact]
    public void Apply_AnOperationThatIsNull_IsRefused() =>
        Assert.Equal(0, Assert.Throws<JsonPatchException>(() => JsonPatch.Apply(JsonElement.Parse("{}"), [null!])).Index);

    [Fact]
    public void Apply_CopiesThatDouble_EndAtTheLimitWithTheFirstOneAboveIt()
    {
        List<JsonPatchOperation> patch = [JsonPatchOperation.Add("/a", JsonElement.Parse($"\"{new string('x', 100)}\""))];
        patch.AddRange(Enumerable.Range(0, 5000).Select(i => JsonPatchOperation.Copy("", $"/{i}")));
        var fault = Assert.Throws<JsonPatchException>(() => JsonPatch.Apply(JsonElement.Parse("{}"), patch, new JsonPatchLimits { Bytes = 100_000 }));
        Assert.Equal(RefusalCodes.TooLarge, fault.Code);
        // From 108 bytes on, each copy doubles the document: the tenth passes 100,000, and what follows is not done.
        Assert.Equal(10, fault.Index);
    }

    [Fact]
    public void Apply_UpToTheLimit_CountsCanonicalBytes()
    {
        var document = JsonElement.Parse("""{ "é" : 1.50 }""");
        Assert.Equal("""{"z":[],"é":1.5}""", JsonPatch.Apply(document, [JsonPatchOperation.Add("/z", JsonElement.Parse("[ ]"))], new JsonPatchLimits { Bytes = 17 }).GetRawText());
        Assert.Throws<JsonPatchException>(() => JsonPatch.Apply(document, [JsonPatchOperation.Add("/z", JsonElement.Parse("[ ]"))], new JsonPatchLimits { Bytes = 16 }));
    }

    [Fact]
    public void Apply_DeeperThanTheLimit_IsRefusedWhereverTheDepthComesFrom()
    {
        var limits = new JsonPatchLimits { Depth = 3 };
        var document = JsonElement.Parse("""{"a":{"b":{}},"c":1}""");
        Assert.Equal("""{"a":{"b":{}},"c":{"b":{}}}""", JsonPatch.Apply(document, [JsonPatchOperation.Copy("/a", "/c")], limits).GetRawText());
        JsonPatchOperation[] deep =
        [
            JsonPatchOperation.Add("/a/b/x", JsonElement.Parse("{}")), JsonPatchOperation.Add("/c", JsonElement.Parse("[[[]]]")),
            JsonPatchOperation.Copy("/a", "/a/x"), JsonPatchOperation.Copy("", "/c"),
        ];
        Assert.All(deep, operation => Assert.Equal(RefusalCodes.TooDeep, Assert.Throws<JsonPatchException>(() => JsonPatch.Apply(document, [operation], limits)).Code));
    }

    [Fact]
    public void Apply_DeepestValues_AreReadAndWritten()
    {
        var deepest = JsonElement.Parse(new string('[', 64) + new string(']', 64));
        Assert.Equal(deepest.GetRawText(), JsonPatch.Apply(JsonElement.Parse("{}"), [JsonPatchOperation.Replace("", deepest)]).GetRawText());
        Assert.Equal(RefusalCodes.TooDeep, Assert.Throws<JsonPatchException>(() => JsonPatch.Apply(JsonElement.Parse("{}"), [JsonPatchOperation.Add("/a", deepest)])).Code);
    }

    [Theory]
    [InlineData("9007199254740993")]
    [InlineData("1e400")]
    [InlineData("0.1000000000000000055")]
    public void Apply_ANumberThatNoDoubleHolds_IsRefusedOnlyWhereNumbersAreCanonical(string number)
    {
        JsonPatchOperation[] patch = [JsonPatchOperation.Add("/n", JsonElement.Parse(number))];
        Assert.Equal($$"""{"n":{{number}}}""", JsonPatch.Apply(JsonElement.Parse("{}"), patch).GetRawText());
        Assert.Equal(RefusalCodes.BadNumber, Assert.Throws<JsonPatchException>(() => JsonPatch.Apply(JsonElement.Parse("{}"), patch, new JsonPatchLimits { CanonicalNumbers = true })).Code);
    }

    [Fact]
    public void Apply_ManyOperationsOnAWideDocument_TakesNoSquareOfTheirNumber()
    {
        var wide = JsonElement.Parse($$"""{"list":[{{string.Join(',', Enumerable.Repeat("0", 100_000))}}]}""");
        var patch = Enumerable.Range(0, 7000).Select(i => i % 2 == 0 ? JsonPatchOperation.Copy("/list", "/copy") : JsonPatchOperation.Remove("/list/0"));
        var result = JsonPatch.Apply(wide, [.. patch], new JsonPatchLimits { Bytes = 1 << 20 });
        Assert.Equal((96_500, 96_501), (result.GetProperty("list").GetArrayLength(), result.GetProperty("copy").GetArrayLength()));
    }
}
