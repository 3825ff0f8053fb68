using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using OrleansAgents.Mcp;
using OrleansAgents.Runs;
using Xunit;

namespace OrleansAgents.Tests.Mcp;

/// <content>Callers that leave a run which others wait for, too.</content>
public sealed partial class McpRunTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Caller_ThatLeavesWhileAnotherWaitsForTheSameRun_CancelsNothing(bool isFirst)
    {
        await using var client = await silo.ConnectAsync();
        var (name, id) = (Gate(), Guid.NewGuid().ToString());
        using var stop = new CancellationTokenSource();
        var first = WriteAsync(client, name, id, isFirst ? stop.Token : Token);
        await WrittenAsync(id);
        var second = WriteAsync(client, name, id, isFirst ? Token : stop.Token);
        await WaitingAsync(id, 2);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => isFirst ? first : second);
        await WaitingAsync(id, 1);
        ScribeAgent.Gates[name].Go.SetResult();
        var stays = await (isFirst ? second : first);
        Assert.Equal("completed", stays.StructuredContent!.Value.GetProperty("state").GetString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Callers_OfOneRunWhoAllLeave_CancelItWithTheLast(bool isFirstToLeave)
    {
        await using var client = await silo.ConnectAsync();
        var (name, id) = (Gate(), Guid.NewGuid().ToString());
        using var stopFirst = new CancellationTokenSource();
        using var stopSecond = new CancellationTokenSource();
        var first = WriteAsync(client, name, id, stopFirst.Token);
        await WrittenAsync(id);
        var second = WriteAsync(client, name, id, stopSecond.Token);
        await WaitingAsync(id, 2);
        await (isFirstToLeave ? stopFirst : stopSecond).CancelAsync();
        await WaitingAsync(id, 1);
        Assert.Equal(RunState.Working, (await silo.Shop.Run(id).ReadAsync(cancellationToken: Token)).State);
        await (isFirstToLeave ? stopSecond : stopFirst).CancelAsync();
        Assert.Equal(RunState.Cancelled, (await silo.Shop.Run(id).WaitAsync(untilFinal: true, Token)).State);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
    }

    [Fact]
    public async Task Caller_ThatOnlyJoinedARun_LeavesItGoingOn()
    {
        await using var client = await silo.ConnectAsync();
        var (name, id) = (Gate(), Guid.NewGuid().ToString());
        await silo.Shop.StartAsync($"scribe/{name}", new ScribeWrite(name), new RunStartOptions { Id = id }, Token);
        await WrittenAsync(id);
        using var stop = new CancellationTokenSource();
        var told = new TaskCompletionSource();
        var options = new RequestOptions { Meta = new JsonObject { ["agents/messageId"] = id } };
        var joined = client.CallToolAsync("scribe__scribe_write", Arguments(name), new Heard(_ => told.TrySetResult()), options, stop.Token).AsTask();
        // Told of the run, it knows that another began it.
        await told.Task.WaitAsync(Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => joined);
        await WaitingAsync(id, 0);
        ScribeAgent.Gates[name].Go.SetResult();
        Assert.Equal(RunState.Completed, (await silo.Shop.Run(id).WaitAsync(untilFinal: true, Token)).State);
    }

    private static Task<CallToolResult> WriteAsync(McpClient client, string name, string id, CancellationToken cancellationToken) => McpCallTests.CallAsync(
        client, "scribe__scribe_write", $$"""{"name":"{{name}}","agent":"{{name}}"}""", new JsonObject { ["agents/messageId"] = id }, cancellationToken);

    /// <summary>Waits until so many calls wait for a run.</summary>
    private async Task WaitingAsync(string run, int calls)
    {
        while (silo.App.Services.GetRequiredService<McpWaiting>().Count("client/shop", run) != calls)
        {
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
