using System.Text.Json;
using OrleansAgents.Blackboard;
using OrleansAgents.Messaging;
using Xunit;

namespace OrleansAgents.Tests.Blackboard;

public sealed class JsonMergePatchTests
{
    [Theory]
    [InlineData("""{"a":1}""", """{"a":2}""", """{"a":2}""")]
    [InlineData("""{"a":1}""", """{"b":2}""", """{"a":1,"b":2}""")]
    [InlineData("""{"a":1}""", """{"a":null}""", "{}")]
    [InlineData("""{"a":1,"b":2}""", """{"a":null}""", """{"b":2}""")]
    [InlineData("""{"a":[1]}""", """{"a":2}""", """{"a":2}""")]
    [InlineData("""{"a":2}""", """{"a":[1]}""", """{"a":[1]}""")]
    [InlineData("""{"a":{"b":1}}""", """{"a":{"b":2,"c":null}}""", """{"a":{"b":2}}""")]
    [InlineData("""{"a":[{"b":1}]}""", """{"a":[3]}""", """{"a":[3]}""")]
    [InlineData("""[1,2]""", """[3,4]""", """[3,4]""")]
    [InlineData("""{"a":1}""", """[4]""", """[4]""")]
    [InlineData("""{"a":1}""", "null", "null")]
    [InlineData("""{"a":1}""", "\"x\"", "\"x\"")]
    [InlineData("""{"e":null}""", """{"a":1}""", """{"a":1,"e":null}""")]
    [InlineData("""[1,2]""", """{"a":3,"b":null}""", """{"a":3}""")]
    [InlineData("{}", """{"a":{"b":{"c":null}}}""", """{"a":{"b":{}}}""")]
    [InlineData("""{"a":3}""", """{"a":{"b":null,"c":1}}""", """{"a":{"c":1}}""")]
    [InlineData("""{"a":1}""", """{"a":[null,{"b":null}]}""", """{"a":[null,{"b":null}]}""")]
    [InlineData("""{"title":"Ode","by":{"first":"Jo","last":"Doe"},"tags":["x","y"]}""", """{"title":"Odes","by":{"last":null},"tags":["x"],"pages":9}""",
        """{"by":{"first":"Jo"},"pages":9,"tags":["x"],"title":"Odes"}""")]
    public void Apply_AMergePatch_GivesTheDocument(string document, string patch, string result) =>
        Assert.Equal(result, JsonMergePatch.Apply(JsonElement.Parse(document), JsonElement.Parse(patch)).GetRawText());

    [Theory]
    [InlineData("""{"a":"xxxxxxxxxxxxxxxxxxxx"}""", RefusalCodes.TooLarge)]
    [InlineData("""{"a":{"b":{"c":{}}}}""", RefusalCodes.TooDeep)]
    [InlineData("""{"a":"\udfff"}""", RefusalCodes.MalformedJson)]
    [InlineData("""{"\ud800x":1}""", RefusalCodes.MalformedJson)]
    [InlineData("[]", BlackboardCodes.BadOperation)]
    public void Apply_BeyondALimit_IsRefused(string patch, string code)
    {
        var limits = new JsonPatchLimits { Bytes = 24, Depth = 3, ObjectOnly = true };
        Assert.Equal(code, Assert.Throws<JsonPatchException>(() => JsonMergePatch.Apply(JsonElement.Parse("{}"), JsonElement.Parse(patch), limits)).Code);
    }
}
