using System.Text.Json;
using OrleansAgents.Blackboard;
using OrleansAgents.Messaging;
using Xunit;

namespace OrleansAgents.Tests.Blackboard;

public sealed class JsonPatchTests
{
    [Theory]
    [InlineData("{}", """[{"op":"add","path":"/crew","value":"ann"}]""", """{"crew":"ann"}""")]
    [InlineData("""{"crew":"ann"}""", """[{"op":"add","path":"/crew","value":["bo"]}]""", """{"crew":["bo"]}""")]
    [InlineData("""{"a":1}""", """[{"op":"add","path":"/b","value":null}]""", """{"a":1,"b":null}""")]
    [InlineData("""{"a":1}""", """[{"op":"add","path":"/b","value":{"c":{}}}]""", """{"a":1,"b":{"c":{}}}""")]
    [InlineData("""{"a":[1,3]}""", """[{"op":"add","path":"/a/1","value":2}]""", """{"a":[1,2,3]}""")]
    [InlineData("""{"a":[1]}""", """[{"op":"add","path":"/a/1","value":2}]""", """{"a":[1,2]}""")]
    [InlineData("""{"a":[1]}""", """[{"op":"add","path":"/a/-","value":[2,3]}]""", """{"a":[1,[2,3]]}""")]
    [InlineData("""{"a":[]}""", """[{"op":"add","path":"/a/0","value":1}]""", """{"a":[1]}""")]
    [InlineData("""{"a":{}}""", """[{"op":"add","path":"/a/-","value":1},{"op":"add","path":"/a/01","value":2}]""", """{"a":{"-":1,"01":2}}""")]
    [InlineData("""{"a":1}""", """[{"op":"add","path":"","value":{"b":2}}]""", """{"b":2}""")]
    [InlineData("""{"a":1}""", """[{"op":"add","path":"/","value":2}]""", """{"":2,"a":1}""")]
    public void Apply_Add_PutsTheValue(string document, string patch, string result) => Check(document, patch, result);

    [Theory]
    [InlineData("""{"a":1,"b":2}""", """[{"op":"remove","path":"/b"}]""", """{"a":1}""")]
    [InlineData("""{"a":[1,2,3]}""", """[{"op":"remove","path":"/a/1"}]""", """{"a":[1,3]}""")]
    [InlineData("""{"a":null}""", """[{"op":"remove","path":"/a"}]""", "{}")]
    [InlineData("""{"a":1,"b":2}""", """[{"op":"replace","path":"/a","value":[0]}]""", """{"a":[0],"b":2}""")]
    [InlineData("""{"a":[1,2]}""", """[{"op":"replace","path":"/a/1","value":null}]""", """{"a":[1,null]}""")]
    [InlineData("""{"a":1}""", """[{"op":"replace","path":"","value":{}}]""", "{}")]
    [InlineData("""{"a":1}""", """[{"op":"replace","path":"","value":[1]}]""", "[1]")]
    public void Apply_RemoveAndReplace_ChangeWhatIsThere(string document, string patch, string result) => Check(document, patch, result);

    [Theory]
    [InlineData("""{"from":{"x":1,"y":2},"to":{"z":3}}""", """[{"op":"move","from":"/from/x","path":"/to/w"}]""", """{"from":{"y":2},"to":{"w":1,"z":3}}""")]
    [InlineData("""{"a":["plough","seed","water","mow"]}""", """[{"op":"move","from":"/a/1","path":"/a/3"}]""", """{"a":["plough","water","mow","seed"]}""")]
    [InlineData("""{"a":[1,2,3]}""", """[{"op":"move","from":"/a/2","path":"/a/0"}]""", """{"a":[3,1,2]}""")]
    [InlineData("""{"a":[1,2,3]}""", """[{"op":"move","from":"/a/0","path":"/a/-"}]""", """{"a":[2,3,1]}""")]
    [InlineData("""{"a":{"b":5}}""", """[{"op":"move","from":"/a/b","path":"/a"}]""", """{"a":5}""")]
    [InlineData("""{"a":{"b":5}}""", """[{"op":"move","from":"/a","path":"/a"}]""", """{"a":{"b":5}}""")]
    [InlineData("""{"a":{"b":1},"ab":2}""", """[{"op":"move","from":"/a","path":"/ab"}]""", """{"ab":{"b":1}}""")]
    [InlineData("""{"a":{"b":[1]}}""", """[{"op":"copy","from":"/a","path":"/a/b/0"}]""", """{"a":{"b":[{"b":[1]},1]}}""")]
    [InlineData("""{"a":1,"b":2}""", """[{"op":"copy","from":"/a","path":"/b"},{"op":"replace","path":"/a","value":3}]""", """{"a":3,"b":1}""")]
    [InlineData("""{"a":1}""", """[{"op":"copy","from":"","path":"/b"}]""", """{"a":1,"b":{"a":1}}""")]
    public void Apply_MoveAndCopy_TakeTheValueAlong(string document, string patch, string result) => Check(document, patch, result);

    [Theory]
    [InlineData("""{"a":[1,{"b":2.50}]}""", """[{"op":"test","path":"/a","value":[1.0,{"b":25e-1}]}]""")]
    [InlineData("""{"a":{"x":1,"y":[]}}""", """[{"op":"test","path":"/a","value":{"y":[],"x":1}}]""")]
    [InlineData("""{"a":1e99999999999}""", """[{"op":"test","path":"/a","value":10e99999999998}]""")]
    [InlineData("""{"a":null}""", """[{"op":"test","path":"/a","value":null}]""")]
    [InlineData("""{"/":1,"~1":2}""", """[{"op":"test","path":"/~1","value":1},{"op":"test","path":"/~01","value":2}]""")]
    [InlineData("""{"a":""}""", """[{"op":"test","path":"","value":{"a":""}}]""")]
    public void Apply_TestOfAnEqualValue_ChangesNothing(string document, string patch) =>
        Assert.True(JsonEquality.AreEqual(JsonElement.Parse(document), JsonPatch.Apply(JsonElement.Parse(document), JsonPatch.Parse(patch))));

    [Fact]
    public void Apply_OperationsInTheirOrder_EachSeesTheOneBefore() => Check(
        """{"steps":["cut"]}""",
        """
        [{"op":"add","path":"/steps/0","value":"measure"},{"op":"test","path":"/steps/1","value":"cut"},
         {"op":"remove","path":"/steps/1"},{"op":"add","path":"/steps/1","value":"glue","unknown":[1]}]
        """,
        """{"steps":["measure","glue"]}""");

    [Fact]
    public void Apply_APatch_LeavesWhatWasGiven()
    {
        var document = JsonElement.Parse("""{"a":[1]}""");
        JsonPatch.Apply(document, [JsonPatchOperation.Add("/a/-", JsonElement.Parse("2"))]);
        Assert.Equal("""{"a":[1]}""", document.GetRawText());
    }

    [Fact]
    public void Parse_OfEveryOperation_IsWrittenAsItWas()
    {
        const string Patch = """[{"op":"add","path":"/a","value":null},{"op":"remove","path":"/a"},{"from":"/b","op":"move","path":"/c"},{"op":"test","path":"","value":{}}]""";
        Assert.Equal(Patch, JsonSerializer.Serialize(JsonPatch.Parse(Patch), PayloadJson.Options));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[null]")]
    [InlineData("[{}]")]
    [InlineData("""[{"op":"add"}]""")]
    [InlineData("""[{"op":null,"path":""}]""")]
    [InlineData("""[{"op":"remove","op":"add","path":"/a","value":1}]""")]
    public void Parse_OfWhatIsNoPatch_Throws(string json) => Assert.Throws<JsonException>(() => JsonPatch.Parse(json));

    private static void Check(string document, string patch, string result) =>
        Assert.Equal(result, JsonPatch.Apply(JsonElement.Parse(document), JsonPatch.Parse(patch)).GetRawText());
}
