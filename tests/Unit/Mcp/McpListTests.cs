using System.Text.Json;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using OrleansAgents.Mcp;
using OrleansAgents.Tests.Endpoints;
using Xunit;

namespace OrleansAgents.Tests.Mcp;

/// <summary>What clients are told that there is.</summary>
public sealed class McpListTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData("2025-11-25")]
    [InlineData("2025-03-26")]
    public async Task Tools_ByAnyRevision_AreTheContractsOfPublicKinds(string? revision)
    {
        await using var host = await McpHost.StartAsync([typeof(QuoterAgent), typeof(TalkerAgent), typeof(InsideAgent)]);
        await using var client = await host.ConnectAsync(revision);
        var tools = await client.ListToolsAsync(cancellationToken: Token);
        Assert.Equal(
            ["quoter__quote_ask", "quoter__quote_count", "quoter__quote_forget", "quoter__quote_old_v2", "quoter__quote_tree", "talker__chat_say"], tools.Select(t => t.Name));
        var ask = tools[0].ProtocolTool;
        Assert.Equal(("quoter: quote.ask v1", "Asks for a price. Knows prices."), (ask.Title, ask.Description));
        Assert.Equal((null, true), (ask.Annotations?.ReadOnlyHint, tools[1].ProtocolTool.Annotations?.ReadOnlyHint));
        Assert.Equal("OrleansAgents", client.ServerInfo!.Name);
        Assert.Contains("'agent'", client.ServerInstructions!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Schemas_OfATool_AreTheContractsOwnWithTheAgent()
    {
        await using var host = await McpHost.StartAsync([typeof(QuoterAgent), typeof(TalkerAgent)]);
        await using var client = await host.ConnectAsync();
        var tools = (await client.ListToolsAsync(cancellationToken: Token)).ToDictionary(t => t.Name, t => t.ProtocolTool, StringComparer.Ordinal);
        var ask = tools["quoter__quote_ask"].InputSchema;
        Assert.Equal(("object", false), (ask.GetProperty("type").GetString(), ask.TryGetProperty("$schema", out _)));
        Assert.Equal(["count", "sku", "agent"], ask.GetProperty("properties").EnumerateObject().Select(p => p.Name));
        Assert.Equal((1, 100), (ask.GetProperty("properties").GetProperty("count").GetProperty("minimum").GetInt32(), ask.GetProperty("properties").GetProperty("count").GetProperty("maximum").GetInt32()));
        Assert.Equal(["count", "agent"], Texts(ask.GetProperty("required")));
        Assert.Equal("object", tools["quoter__quote_ask"].OutputSchema!.Value.GetProperty("type").GetString());
        // Whose own member has the name.
        Assert.Equal(["agent", "agentKey"], tools["quoter__quote_forget"].InputSchema.GetProperty("properties").EnumerateObject().Select(p => p.Name));
        Assert.Null(tools["quoter__quote_forget"].OutputSchema);
        // An answer that is no object is the member of one.
        Assert.Equal("integer", tools["quoter__quote_count"].OutputSchema!.Value.GetProperty("properties").GetProperty("result").GetProperty("type").GetString());
        Assert.Equal(["parts"], Texts(tools["talker__chat_say"].InputSchema.GetProperty("required")));
    }

    [Fact]
    public async Task Schema_ThatRefersToItself_IsThatOfOneArgument()
    {
        await using var host = await McpHost.StartAsync([typeof(QuoterAgent)]);
        await using var client = await host.ConnectAsync();
        var tree = (await client.ListToolsAsync(cancellationToken: Token)).Single(t => t.Name == "quoter__quote_tree").ProtocolTool.InputSchema;
        Assert.Equal(["payload", "agent"], tree.GetProperty("properties").EnumerateObject().Select(p => p.Name));
        var children = tree.GetProperty("properties").GetProperty("payload").GetProperty("properties").GetProperty("children");
        Assert.Equal("#/properties/payload", children.GetProperty("items").GetProperty("$ref").GetString());
    }

    [Fact]
    public async Task Tools_OfKindsThatComeAndGo_AreThoseOfNowAndListenersAreTold()
    {
        await using var host = await McpHost.StartAsync([typeof(QuoterAgent)]);
        var changed = new SemaphoreSlim(0);
        await using var client = await host.ConnectAsync();
        await using var handler = client.RegisterNotificationHandler(NotificationMethods.ToolListChangedNotification, (_, _) =>
        {
            changed.Release();
            return default;
        });
        Assert.True(client.ServerCapabilities.Tools?.ListChanged);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var listening = client.SendRequestAsync(
            new JsonRpcRequest { Method = RequestMethods.SubscriptionsListen, Params = JsonSerializer.SerializeToNode(new { notifications = new { toolsListChanged = true } }) }, end.Token);
        await host.Sent.Seen.WaitAsync(Token);
        // What outsiders cannot see is no change.
        host.Sent.Change(typeof(QuoterAgent), typeof(InsideAgent));
        await host.Sent.Seen.WaitAsync(Token);
        host.Sent.Change(typeof(TalkerAgent));
        await host.Sent.Seen.WaitAsync(Token);
        await changed.WaitAsync(Token);
        Assert.Equal(["talker__chat_say"], (await client.ListToolsAsync(cancellationToken: Token)).Select(t => t.Name));
        Assert.Equal(0, changed.CurrentCount);
        // The silo stops: that is told as an end, and not found out by a broken connection.
        await host.App.StopAsync(Token);
        Assert.NotNull(await listening);
        await end.CancelAsync();
    }

    [Fact]
    public async Task Listeners_BeyondWhatTheSiloTakes_AreRefused()
    {
        await using var host = await McpHost.StartAsync([typeof(QuoterAgent)], "Agents:Http:Streams=1");
        await using var client = await host.ConnectAsync();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Token);
        JsonRpcRequest Listen() => new() { Method = RequestMethods.SubscriptionsListen, Params = JsonSerializer.SerializeToNode(new { notifications = new { toolsListChanged = true } }) };
        var first = client.SendRequestAsync(Listen(), end.Token);
        await host.Sent.Seen.WaitAsync(Token);
        var refused = await Assert.ThrowsAnyAsync<ModelContextProtocol.McpException>(() => client.SendRequestAsync(Listen(), Token));
        Assert.Contains("too-many-streams", refused.Message, StringComparison.Ordinal);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
    }

    [Fact]
    public async Task Tools_OfAHostThatHasAServerOfItsOwn_AreApart()
    {
        await using var host = await McpHost.StartAsync([typeof(TalkerAgent)], withOwnServer: true);
        await using var ours = await host.ConnectAsync();
        await using var own = await McpHost.ConnectAsync(new Uri(host.Url, "/own"), revision: null, "no key");
        Assert.Equal(["talker__chat_say"], (await ours.ListToolsAsync(cancellationToken: Token)).Select(t => t.Name));
        Assert.Equal(["own"], (await own.ListToolsAsync(cancellationToken: Token)).Select(t => t.Name));
    }

    [Fact]
    public void Tools_BeyondAPage_ComeWithItsCursorEachOnce()
    {
        Tool[] tools = [.. Enumerable.Range(0, 250).Select(i => new Tool { Name = $"t{i}" })];
        var (read, cursor) = (new List<string>(), (string?)null);
        do
        {
            var page = McpPages.Read(tools, cursor);
            Assert.InRange(page.Tools.Count, 1, McpPages.Size);
            read.AddRange(page.Tools.Select(t => t.Name));
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        Assert.Equal(tools.Select(t => t.Name), read);
        Assert.Empty(McpPages.Read([], cursor: null).Tools);
        Assert.Null(McpPages.Read([.. tools.Take(McpPages.Size)], cursor: null).NextCursor);
        // Whatever went and came before the tool that the page ended with, the next one begins behind it.
        cursor = McpPages.Read(tools, cursor: null).NextCursor;
        Assert.Equal("t100", McpPages.Read([new Tool { Name = "new" }, .. tools.Skip(50)], cursor).Tools[0].Name);
        Assert.Throws<ModelContextProtocol.McpProtocolException>(() => McpPages.Read([.. tools.Take(99), .. tools.Skip(100)], cursor));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("2025-11-25")]
    public async Task Cursor_OfAnotherSilo_GoesOnAndOneThatIsNoneIsRefused(string? revision)
    {
        await using var other = await McpHost.StartAsync([typeof(QuoterAgent), typeof(TalkerAgent)]);
        await using var client = await other.ConnectAsync(revision);
        var all = (await client.ListToolsAsync(cancellationToken: Token)).Select(t => t.Name).ToList();
        // As one that has the same tools gives it.
        var cursor = System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(all[1]));
        var rest = await client.ListToolsAsync(new ListToolsRequestParams { Cursor = cursor }, Token);
        Assert.Equal(all.Skip(2), rest.Tools.Select(t => t.Name));
        Assert.Null(rest.NextCursor);
        foreach (var none in (string[])["", "1", "\u001b[31m", System.Buffers.Text.Base64Url.EncodeToString("never"u8)])
        {
            var refused = await Assert.ThrowsAsync<ModelContextProtocol.McpProtocolException>(async () => await client.ListToolsAsync(new ListToolsRequestParams { Cursor = none }, Token));
            Assert.Equal(ModelContextProtocol.McpErrorCode.InvalidParams, refused.ErrorCode);
        }
    }

    [Fact]
    public async Task Tools_SwitchedOff_AreNotThere()
    {
        await using var host = await McpHost.StartAsync([typeof(QuoterAgent)], "Agents:Mcp:Enabled=false");
        Assert.Equal(404, (int)(await host.PostAsync("{}")).Status);
    }

    [Theory]
    [InlineData("Agents:Mcp:Enable=true", "Agents:Mcp:Enable is no setting")]
    [InlineData("Agents:Mcp:Enabled=maybe", "Agents:Mcp:Enabled is 'maybe'; give true or false")]
    [InlineData("Agents:Mcp:Origins:0=tools.example", "Agents:Mcp:Origins:0 is 'tools.example'; give the origin of a page")]
    [InlineData("Agents:Mcp:Origins:0=https://tools.example/", "Agents:Mcp:Origins:0 is 'https://tools.example/'; give the origin of a page")]
    public async Task Setting_ThatIsFaulty_IsNamedWithTheRemedy(string setting, string expected) =>
        Assert.Contains(expected, (await Assert.ThrowsAnyAsync<InvalidOperationException>(() => McpHost.StartAsync([], setting))).Message, StringComparison.Ordinal);

    private static IEnumerable<string?> Texts(JsonElement array) => array.EnumerateArray().Select(e => e.GetString());
}
