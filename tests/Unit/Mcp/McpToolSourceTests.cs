using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using OrleansAgents.Agents;
using OrleansAgents.Intelligence;
using OrleansAgents.Mcp;
using Xunit;

namespace OrleansAgents.Tests.Mcp;

/// <summary>Tools of a server elsewhere, and what becomes of them when it is none to rely on.</summary>
public sealed class McpToolSourceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tools_OfAServer_AreListedOnceAndCalled(bool hasSessions)
    {
        await using var server = await ToolServer.StartAsync(hasSessions);
        Assert.Empty(server.Requests);
        var tool = Assert.Single(await server.Source.ListAsync(Token));
        Assert.Equal(("search__find", "Finds things.", false), (tool.Name, tool.Description, ToolApproval.IsNeeded(tool)));
        Assert.Equal("string", tool.JsonSchema.GetProperty("properties").GetProperty("text").GetProperty("type").GetString());
        Assert.Same(tool, Assert.Single(await server.Source.ListAsync(Token)));
        JsonElement? sent = null;
        server.Answer = (request, _) =>
        {
            sent = request.Arguments!["text"];
            return Task.FromResult(ToolServer.Say("found it"));
        };
        Assert.Equal("found it", await CallAsync(tool, "a\"b"));
        Assert.Equal("a\"b", sent?.GetString());
        Assert.All(server.Requests, request => Assert.Equal($"Bearer {ToolServer.Key}", request.Authorization));
        Assert.Single(server.Requests, request => request.Method == "tools/list");
    }

    [Fact]
    public async Task Key_InAHeaderOfTheServersOwn_IsShownThereAlone()
    {
        await using var server = await ToolServer.StartAsync(configure: o => (o.Header, o.NeedsApproval) = ("X-Api-Key", true));
        Assert.True(ToolApproval.IsNeeded(Assert.Single(await server.Source.ListAsync(Token))));
        Assert.All(server.Requests, request => Assert.Equal(("", ToolServer.Key), (request.Authorization, request.ApiKey)));
    }

    [Theory]
    [InlineData(401, "tool.not-authorised")]
    [InlineData(403, "tool.not-authorised")]
    [InlineData(500, "tool.unavailable")]
    [InlineData(302, "tool.unavailable")]
    public async Task Server_ThatDoesNotLetUsIn_IsSaidToWithoutAWordOfItsAnswer(int status, string code)
    {
        await using var server = await ToolServer.StartAsync();
        server.Door = async context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = "http://elsewhere.example/";
            await context.Response.WriteAsync($"No entry with {context.Request.Headers.Authorization}.", Token);
            return false;
        };
        var refused = await Assert.ThrowsAsync<AgentRefusedException>(() => server.Source.ListAsync(Token).AsTask());
        Assert.Equal(code, refused.Code);
        Assert.NotEmpty(server.Log.Collector.GetSnapshot());
        Assert.All([refused.ToString(), .. server.Log.Collector.GetSnapshot().Select(l => l.Message + l.Exception)], text => Assert.DoesNotContain(ToolServer.Key, text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Key_WhoseFileIsGone_IsSaidToBe()
    {
        await using var server = await ToolServer.StartAsync(configure: o => (o.Key, o.KeyFile) = (null, "/nowhere/key"));
        var refused = await Assert.ThrowsAsync<AgentRefusedException>(() => server.Source.ListAsync(Token).AsTask());
        Assert.Equal(("tool.not-authorised", "The file with the key for search cannot be read."), (refused.Code, refused.Message));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Server_ThatIsAway_IsTriedAgainWithGrowingPauses()
    {
        await using var server = await ToolServer.StartAsync();
        await server.StopAsync();
        for (var pause = 1; pause <= 4; pause *= 2)
        {
            var refused = await Assert.ThrowsAsync<AgentRefusedException>(() => server.Source.ListAsync(Token).AsTask());
            Assert.Equal(("tool.unavailable", pause * 1000), (refused.Code, refused.Refusal.RetryAfterMs));
            server.Time.Advance(TimeSpan.FromSeconds(pause) - TimeSpan.FromMilliseconds(1));
            // Not even tried, though it would be there.
            Assert.Equal(1, (await Assert.ThrowsAsync<AgentRefusedException>(() => server.Source.ListAsync(Token).AsTask())).Refusal.RetryAfterMs);
            server.Time.Advance(TimeSpan.FromMilliseconds(1));
        }

        await server.StartAgainAsync();
        Assert.Single(await server.Source.ListAsync(Token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Server_ThatDisappearsAndComesBack_IsUsedAgain(bool hasSessions)
    {
        await using var server = await ToolServer.StartAsync(hasSessions);
        var tool = Assert.Single(await server.Source.ListAsync(Token));
        var called = new TaskCompletionSource();
        server.Answer = async (_, stop) =>
        {
            called.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
            throw new InvalidOperationException();
        };
        var call = CallAsync(tool);
        await called.Task.WaitAsync(Token);
        await server.StopAsync();
        var lost = await Assert.ThrowsAsync<AgentRefusedException>(() => call);
        Assert.Equal("tool.unavailable", lost.Code);
        Assert.Contains("What became of the call is not known.", lost.Message, StringComparison.Ordinal);
        server.Answer = (_, _) => Task.FromResult(ToolServer.Say("back"));
        await server.StartAgainAsync();
        server.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("back", await CallAsync(tool));
    }

    [Fact]
    public async Task Call_LongerThanItMay_IsGivenUpThereToo()
    {
        await using var server = await ToolServer.StartAsync(configure: o => o.Timeout = TimeSpan.FromSeconds(20));
        var tool = Assert.Single(await server.Source.ListAsync(Token));
        var (called, stopped) = (new TaskCompletionSource(), new TaskCompletionSource());
        server.Answer = async (_, stop) =>
        {
            using var registration = stop.Register(stopped.SetResult);
            called.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
            throw new InvalidOperationException();
        };
        var call = CallAsync(tool);
        await called.Task.WaitAsync(Token);
        server.Time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal("tool.too-slow", (await Assert.ThrowsAsync<AgentRefusedException>(() => call)).Code);
        await stopped.Task.WaitAsync(Token);
        server.Answer = (_, _) => Task.FromResult(ToolServer.Say("quick"));
        Assert.Equal("quick", await CallAsync(tool));
    }

    [Fact]
    public async Task List_LongerThanItMay_HoldsNobodyUpForEver()
    {
        await using var server = await ToolServer.StartAsync();
        var came = new TaskCompletionSource();
        server.Door = async context =>
        {
            came.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
            return false;
        };
        var first = server.Source.ListAsync(Token).AsTask();
        await came.Task.WaitAsync(Token);
        using var impatient = new CancellationTokenSource();
        var second = server.Source.ListAsync(impatient.Token).AsTask();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        server.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("tool.too-slow", (await Assert.ThrowsAsync<AgentRefusedException>(() => first)).Code);
    }

    [Fact]
    public async Task Answer_ThatIsHuge_IsCutOrRefused()
    {
        await using var server = await ToolServer.StartAsync();
        var tool = Assert.Single(await server.Source.ListAsync(Token));
        server.Answer = (_, _) => Task.FromResult(ToolServer.Say(new string('x', 200_000)));
        var cut = await CallAsync(tool);
        Assert.EndsWith("x\n[cut: 65536 of 200000 characters]", cut, StringComparison.Ordinal);
        server.Answer = (_, _) => Task.FromResult(ToolServer.Say(new string('x', 5_000_000)));
        Assert.Equal("tool.too-large", (await Assert.ThrowsAsync<AgentRefusedException>(() => CallAsync(tool))).Code);
        server.Answer = (_, _) => Task.FromResult(ToolServer.Say("small"));
        Assert.Equal("small", await CallAsync(tool));
    }

    [Fact]
    public async Task Failure_OfATool_IsToldInItsOwnWords()
    {
        await using var server = await ToolServer.StartAsync();
        var tool = Assert.Single(await server.Source.ListAsync(Token));
        server.Answer = (_, _) => Task.FromResult(new CallToolResult { IsError = true, Content = [new TextContentBlock { Text = "There is no such thing." }] });
        var failed = await Assert.ThrowsAsync<AgentRefusedException>(() => CallAsync(tool));
        Assert.Equal(("tool.failed", "There is no such thing."), (failed.Code, failed.Message));
        server.Answer = (_, _) => throw new McpProtocolException($"No.\u001b{new string('x', 5000)}", McpErrorCode.InvalidParams);
        var refused = await Assert.ThrowsAsync<AgentRefusedException>(() => CallAsync(tool));
        Assert.StartsWith("search does not take the call: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains("No.\\u001bx", refused.Message, StringComparison.Ordinal);
        Assert.InRange(refused.Message.Length, 100, 600);
        // Neither has cost the connection.
        Assert.Single(server.Requests, request => request.Method == "tools/list");
    }

    [Fact]
    public async Task Listeners_ThatLeave_AreNotWaitedFor()
    {
        await using var server = await ToolServer.StartAsync();
        var tool = Assert.Single(await server.Source.ListAsync(Token));
        using var stop = new CancellationTokenSource();
        var called = new TaskCompletionSource();
        server.Answer = async (_, end) =>
        {
            called.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, end);
            throw new InvalidOperationException();
        };
        var call = tool.InvokeAsync(new AIFunctionArguments(), stop.Token).AsTask();
        await called.Task.WaitAsync(Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    public static async Task<string> CallAsync(AIFunction tool, string text = "x") =>
        (string)(await tool.InvokeAsync(new AIFunctionArguments { ["text"] = JsonSerializer.SerializeToElement(text) }, Token))!;
}
