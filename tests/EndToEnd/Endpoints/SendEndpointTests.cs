using OrleansAgents.Tests.Hosting;

namespace OrleansAgents.Tests.Endpoints;

/// <summary>Ask, tell and publish, as a program without a line of ours does them.</summary>
public sealed class SendEndpointTests(SiloProcess silo) : IDisposable
{
    private readonly HttpCaller _http = new(silo);

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task Ask_WithAPayload_IsAnsweredWithTheReplyAlone()
    {
        var answer = await _http.PostAsync("/agents/counter/http-once/ask/counter.add", """{"amount":2}""");
        Assert.Equal((200, """{"value":2}""", "false"), (answer.Status, answer.Body, answer.Headers["Agents-Duplicate"]));
        Assert.True(Guid.TryParse(answer.Headers["Agents-Message-Id"], out _));
    }

    [Fact]
    public async Task Ask_UnderAnIdThatWasHandled_IsADuplicateWithTheSameReply()
    {
        var id = ("Agents-Message-Id", Guid.NewGuid().ToString());
        await _http.PostAsync("/agents/counter/http-twice/ask/counter.add", """{"amount":2}""", headers: id);
        var again = await _http.PostAsync("/agents/counter/http-twice/ask/counter.add", """{"amount":2}""", headers: id);
        Assert.Equal((200, """{"value":2}""", "true", id.Item2), (again.Status, again.Body, again.Headers["Agents-Duplicate"], again.Headers["Agents-Message-Id"]));
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("a%2Fb")]
    [InlineData("a%252Fb")]
    [InlineData("caffè 100%/?#&=+;,:@ 日本 😀")]
    [InlineData("ask")]
    public async Task Key_OfAnyCharacters_ReachesThatAgentAndNoOther(string key)
    {
        key = $"http-{key}";
        var answer = await _http.PostAsync($"/agents/counter/{Uri.EscapeDataString(key)}/ask/counter.add", """{"amount":3}""");
        Assert.Equal((200, """{"value":3}"""), (answer.Status, answer.Body));
        var body = System.Text.Json.JsonSerializer.Serialize(new { recipient = "counter/" + key, type = "counter.read", payload = new { } });
        var read = await _http.PostAsync("/messages", body);
        Assert.Equal(3, read.Json.GetProperty("reply").GetProperty("value").GetInt32());
    }

    [Fact]
    public async Task Tell_WithAPayload_IsAnsweredWithTheReceipt()
    {
        var id = Guid.NewGuid().ToString();
        var told = await _http.PostAsync("/agents/collector/http-tell/tell/note", """{"text":"hello"}""", headers: ("Agents-Message-Id", id));
        Assert.Equal((200, $$"""{"id":"{{id}}","outcome":"accepted"}"""), (told.Status, told.Body));
        told = await _http.PostAsync("/agents/collector/http-tell/tell/note", """{"text":"hello"}""", headers: ("Agents-Message-Id", id));
        Assert.Equal((200, "duplicate"), (told.Status, told.Text("outcome")));
        var counted = await _http.PostAsync("/agents/collector/http-tell/ask/collector.read", "{}");
        Assert.Equal(1, counted.Json.GetProperty("events").GetInt32());
    }

    [Fact]
    public async Task Ask_ThatHasNoReply_IsAnsweredWithNothing() =>
        Assert.Equal((204, ""), (await _http.PostAsync("/agents/chaos/http-none/ask/chaos.delay", """{"ms":0}""")) is { } answer ? (answer.Status, answer.Body) : default);

    [Fact]
    public async Task Ask_LongerThanItsTimeout_IsAProblemThatSaysSo()
    {
        var answer = await _http.PostAsync("/agents/chaos/http-slow/ask/chaos.delay", """{"ms":60000}""", headers: ("Agents-Timeout", "0.2"));
        Assert.Equal((504, "application/problem+json"), (answer.Status, answer.Type));
        Assert.Contains(answer.Text("code"), (string[])["deadline-exceeded", "unreachable"]);
    }

    [Fact]
    public async Task Conversation_OfARequest_IsNotedAtTheAgent()
    {
        var conversation = $"http {Guid.NewGuid()}";
        await _http.PostAsync("/agents/counter/http-talk/ask/counter.add", """{"amount":1}""", headers: ("Agents-Conversation-Id", conversation));
        var (code, output, error) = await silo.AgentsAsync(null, "conversation", conversation);
        Assert.True(code == 0, error);
        Assert.Contains("client/shop", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_ToATopic_IsInItsLogFromTheCaller()
    {
        var told = await _http.PostAsync("/topics/http%2Fpublish/events/order.placed?version=2", """{"sku":"A1"}""");
        Assert.Equal((200, "accepted"), (told.Status, told.Text("outcome")));
        using var events = await _http.ReadAsync("/topics/http%2Fpublish/events?from=beginning&format=envelope");
        var data = (await events.NextAsync())!.Value.Data;
        Assert.Equal(("client/shop", "order.placed", 2), (data.GetProperty("sender").GetString(), data.GetProperty("type").GetString(), data.GetProperty("version").GetInt32()));
        Assert.Equal("A1", data.GetProperty("payload").GetProperty("sku").GetString());
    }

    [Fact]
    public async Task Handler_ThatFailsOrRefuses_IsAProblemWithItsCode()
    {
        (await _http.PostAsync("/agents/chaos/http-fail/ask/chaos.fail", "{}")).AssertProblem(500, "handler-failed");
        var refused = await _http.PostAsync("/agents/chaos/http-no/tell/chaos.refuse", """{"code":"chaos.no","message":"Not today."}""");
        Assert.Equal("Not today.", refused.AssertProblem(422, "chaos.no").Text("detail"));
        Assert.True(Guid.TryParse(refused.Headers["Agents-Message-Id"], out _));
    }
}
