using System.Text.Json;
using Microsoft.Extensions.AI;
using OrleansAgents.Intelligence;
using Xunit;

namespace OrleansAgents.Tests.Intelligence;

public sealed class HistoryTests
{
    // 36 characters are 9 tokens, and 4 for the message.
    private const int Each = 13;

    [Fact]
    public void Window_WithRoomForAll_KeepsAll()
    {
        ChatMessage[] all = [System(), Say("a"), Say("b")];
        var window = HistoryWindow.Choose(all, 3 * Each);
        Assert.Equal(all, window.Kept);
        Assert.Empty(window.Left);
        Assert.Equal(3 * Each, window.Tokens);
    }

    [Fact]
    public void Window_WithLessRoom_KeepsInstructionsAndTheLatest()
    {
        ChatMessage[] all = [System(), Say("a"), Say("b"), Say("c")];
        var window = HistoryWindow.Choose(all, (3 * Each) + 5);
        Assert.Equal([all[0], all[2], all[3]], window.Kept);
        Assert.Equal([all[1]], window.Left);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(45)]
    [InlineData(60)]
    [InlineData(100)]
    [InlineData(1000)]
    public void Window_OfAnySize_NeverPartsCallsFromTheirResults(int tokens)
    {
        ChatMessage[] all =
        [
            System(), Say("a"), Call("1", "2"), Result("1"), Result("2"), Answer("b"), Say("c"), Call("3"), Result("3"), Call("4"), Result("4"), Answer("d"), Say("e"), Call("5"), Result("5"),
        ];
        var window = HistoryWindow.Choose(all, tokens);
        Assert.Equal(all, [window.Kept[0], .. window.Left, .. window.Kept.Skip(1)]);
        Assert.Equal(Calls(window.Kept), Results(window.Kept));
        Assert.Equal(Calls(window.Left), Results(window.Left));
        Assert.Contains(all[^1], window.Kept);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3 * Each)]
    [InlineData(4 * Each)]
    [InlineData(1000)]
    public void Window_WithAQuestion_KeepsItBeforeWhatTheToolsSaid(int tokens)
    {
        ChatMessage[] all = [System(), Say("a"), Answer("b"), Say("c"), Call("1"), Result("1"), Call("2"), Result("2")];
        var window = HistoryWindow.Choose(all, tokens, all[3]);
        Assert.Equal([all[0], all[3]], window.Kept.Take(1).Concat(window.Kept.Where(m => m == all[3])));
        Assert.Equal(all.Where(m => window.Kept.Contains(m)), window.Kept);
        Assert.Equal(all.Except(window.Kept), window.Left);
        Assert.Equal(all[^2..], window.Kept.TakeLast(2));
        Assert.Equal(TokenEstimate.Of(window.Kept), window.Tokens);
        Assert.Equal(Calls(window.Kept), Results(window.Kept));
        Assert.True(tokens < 1000 || window.Left.Count == 0);
    }

    [Fact]
    public void Window_BehindACallThatNobodyAnswered_IsDivided()
    {
        ChatMessage[] all = [Call("1"), Say("a"), Say("b"), Say("c")];
        Assert.Equal([all[3]], HistoryWindow.Choose(all, Each).Kept);
    }

    [Fact]
    public void Summary_AsksWithWhatFellOutAndTheOneBefore()
    {
        var asked = HistorySummary.Ask([new ChatMessage(ChatRole.User, "Buy 3 of A1.") { AuthorName = "anna" }, Call("1"), Result("1")], "They met.", 200);
        Assert.Equal([ChatRole.System, ChatRole.User], asked.Select(m => m.Role));
        Assert.Contains("They met.", asked[1].Text, StringComparison.Ordinal);
        Assert.Contains("user anna: Buy 3 of A1.", asked[1].Text, StringComparison.Ordinal);
        Assert.Contains("[calls look {\"x\":1}]", asked[1].Text, StringComparison.Ordinal);
        Assert.Contains("[result done]", asked[1].Text, StringComparison.Ordinal);
        Assert.Contains("about 150 words", asked[1].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("abcd", 1)]
    [InlineData("abcde", 2)]
    [InlineData("漢字", 2)]
    public void Estimate_OfAText_CountsAsDocumented(string text, int tokens) => Assert.Equal(tokens, TokenEstimate.Of(text));

    [Fact]
    public void Message_StoredAndRead_IsTheSame()
    {
        var message = new ChatMessage(ChatRole.Assistant,
        [
            new TextContent("Hi"), new TextReasoningContent("Hm") { ProtectedData = "p" },
            new FunctionCallContent("c1", "look", new Dictionary<string, object?>(StringComparer.Ordinal) { ["x"] = 1, ["y"] = null }),
            new FunctionResultContent("c1", new { Found = true }), new DataContent(new byte[] { 1, 2, 3 }, "image/png") { Name = "a.png" },
            new UriContent("https://example.org/a", "text/html"), new UsageContent(new UsageDetails { InputTokenCount = 3, OutputTokenCount = 4, TotalTokenCount = 7 }),
        ])
        { AuthorName = "anna", MessageId = "m1" };
        var json = StoredMessage.Write([message]);
        var read = Assert.Single(StoredMessage.Read(JsonElement.Parse(json.GetRawText())));
        Assert.Equal(json.GetRawText(), StoredMessage.Write([read]).GetRawText());
        Assert.Equal(("anna", "m1", "Hi"), (read.AuthorName, read.MessageId, read.Text));
        Assert.Equal([.. message.Contents.Select(c => c.GetType())], read.Contents.Select(c => c.GetType()));
        Assert.Equal(new byte[] { 1, 2, 3 }, ((DataContent)read.Contents[4]).Data.ToArray());
    }

    // What was written once must be read for ever: this text is not to be changed.
    [Fact]
    public void Message_OfTheFirstForm_IsRead()
    {
        const string Json = """
            [{"author":"anna","id":"m1","parts":[{"text":"Hi","type":"text"},{"arguments":{"x":1},"callId":"c1","tool":"look","type":"call"}],"role":"assistant","v":1},
             {"parts":[{"callId":"c1","result":{"found":true},"type":"result"},{"data":"AQID","media":"image/png","type":"data"},{"media":"text/html","type":"uri","uri":"https://example.org/a"},{"input":3,"output":4,"total":7,"type":"usage"}],"role":"tool","v":1}]
            """;
        var messages = StoredMessage.Read(JsonElement.Parse(Json));
        Assert.Equal(2, messages.Count);
        Assert.Equal("1", ((FunctionCallContent)messages[0].Contents[1]).Arguments!["x"]!.ToString());
        Assert.Equal("https://example.org/a", ((UriContent)messages[1].Contents[2]).Uri.ToString());
        Assert.Equal(7, ((UsageContent)messages[1].Contents[3]).Details.TotalTokenCount);
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(Json), StoredMessage.Write(messages)));
    }

    [Fact]
    public void Message_WithWhatHasNoStoredForm_IsRefusedByName()
    {
        var fault = Assert.Throws<NotSupportedException>(() => StoredMessage.Write([new ChatMessage(ChatRole.Assistant, [new ErrorContent("no")])]));
        Assert.Contains("ErrorContent", fault.Message, StringComparison.Ordinal);
        Assert.Contains("'sound'", Assert.Throws<NotSupportedException>(() => StoredMessage.Read(JsonElement.Parse("""[{"v":1,"role":"user","parts":[{"type":"sound"}]}]"""))).Message, StringComparison.Ordinal);
        Assert.Contains("version 2", Assert.Throws<NotSupportedException>(() => StoredMessage.Read(JsonElement.Parse("""[{"v":2,"role":"user","parts":[]}]"""))).Message, StringComparison.Ordinal);
        Assert.Contains("'callId'", Assert.Throws<JsonException>(() => StoredMessage.Read(JsonElement.Parse("""[{"v":1,"role":"tool","parts":[{"type":"result"}]}]"""))).Message, StringComparison.Ordinal);
    }

    private static ChatMessage System() => new(ChatRole.System, new string('s', 36));

    private static ChatMessage Say(string text) => new(ChatRole.User, text.PadRight(36, '.'));

    private static ChatMessage Answer(string text) => new(ChatRole.Assistant, text.PadRight(36, '.'));

    private static ChatMessage Call(params string[] ids) =>
        new(ChatRole.Assistant, [.. ids.Select(id => new FunctionCallContent(id, "look", new Dictionary<string, object?>(StringComparer.Ordinal) { ["x"] = 1 }))]);

    private static ChatMessage Result(string id) => new(ChatRole.Tool, [new FunctionResultContent(id, "done")]);

    private static IEnumerable<string> Calls(IEnumerable<ChatMessage> messages) => messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>().Select(c => c.CallId);

    private static IEnumerable<string> Results(IEnumerable<ChatMessage> messages) => messages.SelectMany(m => m.Contents).OfType<FunctionResultContent>().Select(c => c.CallId);
}
