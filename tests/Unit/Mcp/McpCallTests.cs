using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using Xunit;

namespace OrleansAgents.Tests.Mcp;

/// <summary>What a call of a tool becomes, and what its answer does.</summary>
public sealed class McpCallTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData("2025-11-25")]
    public async Task Call_OfAContract_IsAMessageOfTheCaller(string? revision)
    {
        await using var host = await McpHost.StartAsync([typeof(QuoterAgent)]);
        host.Sent.Answer = (_, _) => Task.FromResult(Reply.Accepted(new Quote(2.50m)));
        await using var client = await host.ConnectAsync(revision, McpHost.Other);
        var id = Guid.NewGuid().ToString();
        var result = await CallAsync(client, "quoter__quote_ask", """{"count":2,"agent":"eu/1"}""", new JsonObject
        {
            ["agents/messageId"] = id, ["agents/conversationId"] = "order 17", ["agents/timeout"] = 2.5,
        });
        var (sent, options) = Assert.Single(host.Sent.Messages);
        Assert.Equal(((AgentId)"client/other", (AgentId)"quoter/eu/1", "quote.ask", 1, id), (sent.Sender, sent.Recipient, sent.Type, sent.Version, sent.Id.ToString()));
        Assert.Equal(("order 17", TimeSpan.FromSeconds(2.5)), (sent.Extras?.ConversationId, options?.Timeout));
        Assert.Equal("""{"count":2}""", JsonElement.Parse(sent.PayloadJson.Span).GetRawText());
        Assert.Equal(("""{"price":2.50}""", """{"price":2.50}"""), (Text(result), result.StructuredContent?.GetRawText()));
        Assert.Equal((null, id, "accepted"), (result.IsError, (string?)result.Meta?["agents/messageId"], (string?)result.Meta?["agents/outcome"]));
    }

    [Fact]
    public async Task Answer_ThatIsNoObjectOrNone_IsToldAllTheSame()
    {
        await using var host = await McpHost.StartAsync([typeof(QuoterAgent)]);
        await using var client = await host.ConnectAsync();
        host.Sent.Answer = (_, _) => Task.FromResult(Reply.Accepted(7));
        var count = await CallAsync(client, "quoter__quote_count", """{"agent":"a"}""");
        Assert.Equal(("7", """{"result":7}"""), (Text(count), count.StructuredContent?.GetRawText()));
        host.Sent.Answer = (_, _) => Task.FromResult(Reply.Accepted(null));
        var forgotten = await CallAsync(client, "quoter__quote_forget", """{"agent":"x","agentKey":"a"}""");
        Assert.Equal(("Done.", null), (Text(forgotten), forgotten.StructuredContent));
        Assert.Equal(("quoter/a", """{"agent":"x"}"""), Last(host));
        await CallAsync(client, "quoter__quote_tree", """{"payload":{"name":"a","children":[]},"agent":"a"}""");
        Assert.Equal(("quoter/a", """{"name":"a","children":[]}"""), Last(host));
        // One that a newer one was put in the place of, for clients that still know it.
        await CallAsync(client, "quoter__quote_old", """{"much":3,"agent":"a"}""");
        Assert.Equal(1, host.Sent.Messages.Last().Envelope.Version);
    }

    [Fact]
    public async Task Talk_WithoutAnAgent_IsWithTheOneOfTheCaller()
    {
        await using var host = await McpHost.StartAsync([typeof(TalkerAgent)]);
        foreach (var (key, expected) in ((string, string)[])[(McpHost.Key, "talker/client/shop"), (McpHost.Other, "talker/client/other")])
        {
            await using var client = await host.ConnectAsync(key: key);
            await CallAsync(client, "talker__chat_say", """{"parts":[{"text":"Hi"}]}""");
            Assert.Equal(expected, Last(host).To);
        }

        await using var named = await host.ConnectAsync();
        await CallAsync(named, "talker__chat_say", """{"parts":[{"text":"Hi"}],"agent":"anna"}""");
        Assert.Equal("talker/anna", Last(host).To);
    }

    [Theory]
    [InlineData("""{"count":2}""", null, "invalid-payload: The argument 'agent' is missing or no text.")]
    [InlineData("""{"count":2,"agent":7}""", null, "invalid-payload: The argument 'agent' is missing or no text.")]
    [InlineData("""{"count":2,"agent":""}""", null, "bad-address: The argument 'agent'")]
    [InlineData("""{"count":2,"agent":"a\u0000"}""", null, "bad-address: The argument 'agent'")]
    [InlineData("""{"count":2,"agent":"a"}""", """{"agents/messageId":"x"}""", "bad-id")]
    [InlineData("""{"count":2,"agent":"a"}""", """{"agents/messageId":7}""", "bad-parameter: 'agents/messageId' in _meta is a text.")]
    [InlineData("""{"count":2,"agent":"a"}""", """{"agents/timeout":"soon"}""", "bad-parameter: 'agents/timeout'")]
    [InlineData("""{"count":2,"agent":"a"}""", """{"agents/timeout":1e9}""", "bad-parameter: 'agents/timeout'")]
    public async Task Call_WithFaultyArguments_IsAnErrorOfTheToolAndSendsNothing(string arguments, string? meta, string expected)
    {
        await using var host = await McpHost.StartAsync([typeof(QuoterAgent)]);
        await using var client = await host.ConnectAsync();
        var result = await CallAsync(client, "quoter__quote_ask", arguments, meta is null ? null : (JsonObject)JsonNode.Parse(meta)!);
        Assert.True(result.IsError);
        Assert.StartsWith(expected, Text(result), StringComparison.Ordinal);
        Assert.Empty(host.Sent.Messages);
    }

    [Fact]
    public async Task Refusal_OfAnAgent_IsAnErrorOfTheToolWithItsCode()
    {
        await using var host = await McpHost.StartAsync([typeof(QuoterAgent)]);
        await using var client = await host.ConnectAsync();
        host.Sent.Answer = (_, _) => Task.FromResult(Reply.Refused(new Refusal("quote.closed", "Come tomorrow.") { RetryAfterMs = 500 }));
        var refused = await CallAsync(client, "quoter__quote_ask", """{"count":2,"agent":"a"}""");
        Assert.Equal((true, "quote.closed", "quote.closed: Come tomorrow. Try again after 500 ms.", null), (refused.IsError, (string?)refused.Meta?["agents/code"], Text(refused), refused.StructuredContent));
        host.Sent.Answer = (_, _) => throw new AgentTimeoutException(MessageId.New(), RefusalCodes.Unreachable, "No answer.");
        Assert.StartsWith("unreachable: ", Text(await CallAsync(client, "quoter__quote_ask", """{"count":2,"agent":"a"}""")), StringComparison.Ordinal);
        host.Sent.Answer = (_, _) => throw new InvalidOperationException("a secret of the inside");
        var failed = await CallAsync(client, "quoter__quote_ask", """{"count":2,"agent":"a"}""");
        Assert.True(failed.IsError);
        Assert.DoesNotContain("secret", Text(failed), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nobody__knows")]
    [InlineData("inside__quote_ask")]
    public async Task Call_OfNoTool_IsAnErrorOfTheProtocol(string name)
    {
        await using var host = await McpHost.StartAsync([typeof(QuoterAgent), typeof(InsideAgent)]);
        await using var client = await host.ConnectAsync("2025-11-25");
        var refused = await Assert.ThrowsAsync<McpProtocolException>(() => CallAsync(client, name, "{}"));
        Assert.Equal(McpErrorCode.InvalidParams, refused.ErrorCode);
        Assert.Empty(host.Sent.Messages);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("2025-11-25")]
    public async Task Caller_ThatLeaves_TakesItsAskAlong(string? revision)
    {
        await using var host = await McpHost.StartAsync([typeof(QuoterAgent)]);
        var (asked, left) = (new TaskCompletionSource(), new TaskCompletionSource());
        host.Sent.Answer = async (_, stop) =>
        {
            using var registration = stop.Register(left.SetResult);
            asked.SetResult();
            await left.Task;
            throw new OperationCanceledException(stop);
        };
        var client = await host.ConnectAsync(revision);
        var call = CallAsync(client, "quoter__quote_ask", """{"count":2,"agent":"a"}""");
        await asked.Task.WaitAsync(Token);
        await client.DisposeAsync();
        await left.Task.WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System, Token);
        await Assert.ThrowsAnyAsync<Exception>(() => call);
    }

    [Fact]
    public async Task Caller_OfAnOlderRevision_CancelsItsAskByItsRequest()
    {
        await using var host = await McpHost.StartAsync([typeof(QuoterAgent)]);
        var (asked, left) = (new TaskCompletionSource(), new TaskCompletionSource());
        host.Sent.Answer = async (_, stop) =>
        {
            using var registration = stop.Register(left.SetResult);
            asked.SetResult();
            await left.Task;
            throw new OperationCanceledException(stop);
        };
        (string, string) session = ("Mcp-Session-Id", "mine");
        var call = host.PostAsync("""{"jsonrpc":"2.0","id":"x","method":"tools/call","params":{"name":"quoter__quote_count","arguments":{"agent":"a"}}}""", headers: session);
        await asked.Task.WaitAsync(Token);
        await host.PostAsync("""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"x"}}""", headers: session);
        await left.Task.WaitAsync(Token);
        Assert.Contains("cancelled: The caller cancelled the call.", (await call).Body, StringComparison.Ordinal);
    }

    public static string Text(CallToolResult result) => string.Join('\n', result.Content.OfType<TextContentBlock>().Select(c => c.Text));

    public static Task<CallToolResult> CallAsync(McpClient client, string tool, string arguments, JsonObject? meta = null, CancellationToken? stop = null) => client.CallToolAsync(
        new CallToolRequestParams { Name = tool, Arguments = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(arguments), Meta = meta }, stop ?? Token).AsTask();

    private static (string To, string Payload) Last(McpHost host) =>
        host.Sent.Messages.Last().Envelope is var sent ? (sent.Recipient.ToString(), JsonElement.Parse(sent.PayloadJson.Span).GetRawText()) : default;
}
