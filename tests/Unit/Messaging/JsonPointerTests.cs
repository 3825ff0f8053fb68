using System.Text.Json;
using OrleansAgents.Messaging;
using Xunit;

namespace OrleansAgents.Tests.Messaging;

public sealed class JsonPointerTests
{
    private const string Document = """
        {"":1,"a":{"b":[10,20,{"c":30}]},"x/y":2,"m~n":3,"~1":4," ":5,"0":6,"é\"":7,"%41":8}
        """;

    [Theory]
    [InlineData("/", "1")]
    [InlineData("/a/b/0", "10")]
    [InlineData("/a/b/2/c", "30")]
    [InlineData("/x~1y", "2")]
    [InlineData("/m~0n", "3")]
    [InlineData("/~01", "4")]
    [InlineData("/ ", "5")]
    [InlineData("/0", "6")]
    [InlineData("/é\"", "7")]
    [InlineData("/%41", "8")]
    public void Find_OfWhatIsThere_IsTheValue(string pointer, string value) =>
        Assert.Equal(value, JsonPointer.Find(JsonElement.Parse(Document), pointer)?.GetRawText());

    [Fact]
    public void Find_OfTheEmptyPointer_IsTheWhole() =>
        Assert.Equal("[1]", JsonPointer.Find(JsonElement.Parse("[1]"), "")?.GetRawText());

    [Theory]
    [InlineData("/a/b/3")]
    [InlineData("/a/b/-")]
    [InlineData("/a/b/00")]
    [InlineData("/a/b/01")]
    [InlineData("/a/b/+1")]
    [InlineData("/a/b/ 1")]
    [InlineData("/a/b/1e0")]
    [InlineData("/a/b/4294967296")]
    [InlineData("/a/b/٠")]
    [InlineData("/a/b/")]
    [InlineData("/a/b/0/c")]
    [InlineData("/A")]
    [InlineData("a")]
    [InlineData("/m~n")]
    [InlineData("/m~2n")]
    [InlineData("/m~")]
    public void Find_OfNothingOrNoPointer_IsNull(string pointer) => Assert.Null(JsonPointer.Find(JsonElement.Parse(Document), pointer));

    [Theory]
    [InlineData("", true)]
    [InlineData("/", true)]
    [InlineData("/~0~1~01", true)]
    [InlineData("a/b", false)]
    [InlineData("#/a", false)]
    [InlineData("/a~", false)]
    [InlineData("/~2", false)]
    [InlineData(null, false)]
    public void TryParse_OfAText_KnowsPointers(string? text, bool isPointer) => Assert.Equal(isPointer, JsonPointer.TryParse(text, out _));

    [Fact]
    public void Append_OfAnyStep_IsReadBack()
    {
        Assert.True(JsonPointer.TryParse(JsonPointer.Append(JsonPointer.Append("", "a/~b~1"), ""), out var steps));
        Assert.Equal(["a/~b~1", ""], steps);
    }
}
