using System.Text.Json;
using Microsoft.Extensions.AI;
using OrleansAgents.Intelligence;
using Xunit;

namespace OrleansAgents.Tests.Intelligence;

public sealed class OfflineTests
{
    private readonly OfflineChatClient _model = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answer_OfAText_SaysWhatItIsAndIsAlwaysTheSame()
    {
        var one = await _model.GetResponseAsync("Hello there", cancellationToken: Token);
        Assert.Equal("This is the offline model, which does not think. You said: Hello there", one.Text);
        Assert.Equal("offline", one.ModelId);
        Assert.Equal(one.Text, (await _model.GetResponseAsync("Hello there", cancellationToken: Token)).Text);
        // 11 characters and a message in; 70 characters and a message out.
        Assert.Equal((3 + 4, 18 + 4), (one.Usage!.InputTokenCount, one.Usage.OutputTokenCount));
    }

    [Fact]
    public async Task Stream_OfAText_ComesWordByWordWithItsUsage()
    {
        var updates = await _model.GetStreamingResponseAsync("Hello", cancellationToken: Token).ToListAsync(Token);
        Assert.Equal(["This ", "is ", "the ", "offline "], updates.Take(4).Select(u => u.Text));
        Assert.All(updates, u => Assert.Equal("offline", u.ModelId));
        var whole = updates.ToChatResponse();
        var asked = await _model.GetResponseAsync("Hello", cancellationToken: Token);
        Assert.Equal((asked.Text, asked.Usage!.TotalTokenCount, ChatFinishReason.Stop), (whole.Text, whole.Usage!.TotalTokenCount, whole.FinishReason));
    }

    [Fact]
    public async Task Line_ThatCallsATool_CallsIt()
    {
        var options = new ChatOptions { Tools = [.. new ToolSet().Add((string city, int days) => city, "weather").Tools] };
        var response = await _model.GetResponseAsync("Please:\ncall weather {\"city\":\"Ulm\",\"days\":2}\ncall nobody\ncall weather", options, Token);
        var calls = response.Messages.Single().Contents.Cast<FunctionCallContent>().ToList();
        Assert.Equal(["offline-1", "offline-2"], calls.Select(c => c.CallId));
        Assert.Equal("""{"city":"Ulm","days":2}""", JsonSerializer.Serialize(calls[0].Arguments));
        Assert.Equal("""{"city":"","days":0}""", JsonSerializer.Serialize(calls[1].Arguments));
        Assert.Equal(ChatFinishReason.ToolCalls, response.FinishReason);
        ChatMessage[] after = [.. response.Messages, new(ChatRole.Tool, [new FunctionResultContent("offline-1", "rain")])];
        Assert.EndsWith("The tools answered: rain", (await _model.GetResponseAsync(after, options, Token)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ToolMode_SaysWhetherToolsAreCalled()
    {
        var options = new ChatOptions { Tools = [.. new ToolSet().Add(() => 1, "one").Add(() => 2, "two").Tools], ToolMode = ChatToolMode.RequireSpecific("two") };
        Assert.Equal("two", Assert.IsType<FunctionCallContent>(Assert.Single((await _model.GetResponseAsync("Hi", options, Token)).Messages.Single().Contents)).Name);
        options.ToolMode = ChatToolMode.None;
        Assert.Equal(ChatFinishReason.Stop, (await _model.GetResponseAsync("call one", options, Token)).FinishReason);
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"b":{"type":"integer","minimum":3},"a":{"type":"string","minLength":2},"c":{"type":"string"}},"required":["a","b"]}""", """{"a":"xx","b":3}""")]
    [InlineData("""{"type":"array","minItems":2,"items":{"enum":["red","blue"]}}""", """["red","red"]""")]
    [InlineData("""{"type":["null","number"],"maximum":-2}""", "-2")]
    [InlineData("""{"anyOf":[{"properties":{"kind":{"const":"x"}},"required":["kind"]},{"type":"string"}]}""", """{"kind":"x"}""")]
    [InlineData("""{"$ref":"#/$defs/line","$defs":{"line":{"type":"object","properties":{"ok":{"type":"boolean"}},"required":["ok"]}}}""", """{"ok":false}""")]
    [InlineData("""{"type":"integer","exclusiveMinimum":0}""", "1")]
    public async Task Format_WithASchema_GetsTheLeastThatItAllows(string schema, string least)
    {
        var options = new ChatOptions { ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonElement.Parse(schema)) };
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(least), JsonElement.Parse((await _model.GetResponseAsync("Hi", options, Token)).Text)));
    }
}
