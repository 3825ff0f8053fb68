using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using OrleansAgents.Agents;
using OrleansAgents.Runs;
using Xunit;

namespace OrleansAgents.Tests.Mcp;

/// <summary>Calls of agents that go on beyond their turns.</summary>
public sealed partial class McpRunTests(McpSilo silo) : IClassFixture<McpSilo>
{
    private const string Write =
        """{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"scribe__scribe_write","arguments":{"name":"NAME","agent":"NAME"},"_meta":{"progressToken":"p"}}}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData("2025-11-25")]
    public async Task Call_OfWork_TellsItsProgressAndThenAllThatCameOfIt(string? revision)
    {
        await using var client = await silo.ConnectAsync(revision);
        var (name, begun, told) = (Gate(), new TaskCompletionSource(), new ConcurrentQueue<ProgressNotificationValue>());
        var call = client.CallToolAsync("scribe__scribe_write", Arguments(name), new Heard(value =>
        {
            told.Enqueue(value);
            if (value.Message == "Once ")
            {
                begun.TrySetResult();
            }
        }), cancellationToken: Token).AsTask();
        // It comes while the work is still waiting for us.
        await begun.Task.WaitAsync(Token);
        ScribeAgent.Gates[name].Go.SetResult();
        var result = await call;
        Assert.Equal(["Written.", "Once more."], result.Content.OfType<TextContentBlock>().Select(c => c.Text));
        var image = Assert.Single(result.Content.OfType<ImageContentBlock>());
        Assert.Equal("image/png", image.MimeType);
        Assert.Equal([1, 2, 3], image.DecodedData.ToArray());
        var run = result.StructuredContent!.Value;
        Assert.Equal("completed", run.GetProperty("state").GetString());
        Assert.Equal(["text", "picture"], run.GetProperty("artifacts").EnumerateArray().Select(a => a.GetProperty("id").GetString()));
        Assert.Equal(RunState.Completed, (await silo.Shop.Run(run.GetProperty("run").GetString()!).ReadAsync(cancellationToken: Token)).State);
        Assert.Equal(told.Count, told.Select(t => t.Progress).Distinct().Count());
    }

    [Fact]
    public async Task Call_ThatIsAnsweredAtOnce_HasTheReplyByItsSchema()
    {
        await using var client = await silo.ConnectAsync();
        var tool = (await client.ListToolsAsync(cancellationToken: Token)).Single(t => t.Name == "scribe__scribe_sum").ProtocolTool;
        Assert.Equal("integer", tool.OutputSchema!.Value.GetProperty("properties").GetProperty("reply").GetProperty("properties").GetProperty("total").GetProperty("type").GetString());
        var result = await McpCallTests.CallAsync(client, tool.Name, """{"one":1,"other":2,"agent":"a"}""");
        Assert.Equal(("""{"total":3}""", 3), (McpCallTests.Text(result), result.StructuredContent!.Value.GetProperty("reply").GetProperty("total").GetInt32()));
    }

    [Fact]
    public async Task Tools_OfAnAgentThatWorks_LeaveOutWhatItTellsItself()
    {
        await using var client = await silo.ConnectAsync();
        Assert.Equal(
            ["scribe__scribe_ask", "scribe__scribe_fail", "scribe__scribe_sum", "scribe__scribe_write", "talker__chat_say", "run__wait", "run__say", "run__cancel"],
            (await client.ListToolsAsync(cancellationToken: Token)).Select(t => t.Name));
    }

    [Fact]
    public async Task Talk_OfTwoCallers_IsWithOneAgentEach()
    {
        await using var client = await silo.ConnectAsync(key: McpHost.Other);
        var said = await McpCallTests.CallAsync(client, "talker__chat_say", """{"parts":[{"text":"Hi"}]}""");
        Assert.Equal("client/other heard Hi", said.StructuredContent!.Value.GetProperty("parts")[0].GetProperty("text").GetString());
    }

    [Theory]
    [InlineData(false, "handler-failed")]
    [InlineData(true, "scribe.tired")]
    public async Task Call_ThatFailsOrIsRefused_IsAnErrorOfTheToolWithItsCode(bool refuse, string code)
    {
        await using var client = await silo.ConnectAsync();
        var result = await McpCallTests.CallAsync(client, "scribe__scribe_fail", $$"""{"refuse":{{(refuse ? "true" : "false")}},"agent":"a"}""");
        Assert.Equal((true, code), (result.IsError, (string?)result.Meta?["agents/code"]));
        Assert.DoesNotContain("secret", McpCallTests.Text(result), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Caller_ThatClosesTheAnswer_CancelsTheRun()
    {
        await using var client = await silo.ConnectAsync();
        var (name, id) = (Gate(), Guid.NewGuid().ToString());
        using var stop = new CancellationTokenSource();
        var call = McpCallTests.CallAsync(client, "scribe__scribe_write", $$"""{"name":"{{name}}","agent":"{{name}}"}""", new JsonObject { ["agents/messageId"] = id }, stop.Token);
        await WrittenAsync(id);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await ScribeAgent.Gates[name].Stopped.Task.WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System, Token);
        Assert.Equal(RunState.Cancelled, (await silo.Shop.Run(id).WaitAsync(untilFinal: true, Token)).State);
    }

    [Fact]
    public async Task Caller_OfAnOlderRevision_CancelsByTheRequestOfItsSession()
    {
        using var http = Open(out var session);
        var name = Gate();
        var call = PostAsync(http, Write.Replace("NAME", name, StringComparison.Ordinal));
        var run = OrleansAgents.Mcp.McpCall.RequestIdOf("client/shop", session, 7L);
        await WrittenAsync(run);
        // Of another session, or with a text for the number, it is another request.
        await PostAsync(http, """{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"7"}}""");
        Assert.Equal(RunState.Working, (await silo.Shop.Run(run).ReadAsync(cancellationToken: Token)).State);
        Assert.Equal("", await PostAsync(http, """{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7,"reason":"bored"}}"""));
        var answer = await call;
        Assert.Contains("cancelled: The caller cancelled the call.", answer, StringComparison.Ordinal);
        Assert.Equal(RunState.Cancelled, (await silo.Shop.Run(run).ReadAsync(cancellationToken: Token)).State);
        await ScribeAgent.Gates[name].Stopped.Task.WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System, Token);
    }

    [Fact]
    public async Task Progress_OfARun_OnlyGrows()
    {
        using var http = Open(out _);
        var name = Gate();
        ScribeAgent.Gates[name].Go.SetResult();
        var answer = await PostAsync(http, Write.Replace("NAME", name, StringComparison.Ordinal));
        var steps = answer.Split('\n').Where(line => line.Contains("notifications/progress", StringComparison.Ordinal))
            .Select(line => JsonElement.Parse(line["data: ".Length..]).GetProperty("params").GetProperty("progress").GetInt32()).ToList();
        Assert.Equal(steps.Distinct().Order(), steps);
        Assert.True(steps.Count >= 3, answer);
    }

    [Fact]
    public async Task Request_ThatAnotherSiloServes_IsCancelledHere()
    {
        using var http = Open(out var session);
        var (name, run) = (Gate(), OrleansAgents.Mcp.McpCall.RequestIdOf("client/shop", session, "a"));
        // As the other silo does, when it is called.
        await silo.Shop.StartAsync($"scribe/{name}", new ScribeWrite(name), new RunStartOptions { Id = run }, Token);
        await PostAsync(http, """{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"a"}}""");
        Assert.Equal(RunState.Cancelled, (await silo.Shop.Run(run).ReadAsync(cancellationToken: Token)).State);
    }

    [Fact]
    public async Task Call_LongerThanItsCallerWaits_GoesOnAndCanBeWaitedFor()
    {
        await using var client = await silo.ConnectAsync();
        var (name, id) = (Gate(), Guid.NewGuid().ToString());
        var meta = new JsonObject { ["agents/messageId"] = id, ["agents/timeout"] = 0.05 };
        var working = await McpCallTests.CallAsync(client, "scribe__scribe_write", $$"""{"name":"{{name}}","agent":"{{name}}"}""", meta);
        Assert.Equal((null, id), (working.IsError, working.StructuredContent!.Value.GetProperty("run").GetString()));
        Assert.Contains($"The run {id} goes on; the tool run__wait waits for it.", McpCallTests.Text(working), StringComparison.Ordinal);
        var waiting = McpCallTests.CallAsync(client, "run__wait", $$"""{"run":"{{id}}"}""");
        // The same call again is the same run.
        var again = McpCallTests.CallAsync(client, "scribe__scribe_write", $$"""{"name":"{{name}}","agent":"{{name}}"}""", new JsonObject { ["agents/messageId"] = id });
        await WrittenAsync(id);
        ScribeAgent.Gates[name].Go.SetResult();
        Assert.Equal("completed", (await waiting).StructuredContent!.Value.GetProperty("state").GetString());
        Assert.Equal(id, (await again).StructuredContent!.Value.GetProperty("run").GetString());
        // A time that is none begins nothing.
        var never = Guid.NewGuid().ToString();
        var faulty = await McpCallTests.CallAsync(client, "scribe__scribe_sum", """{"one":1,"other":2,"agent":"a"}""", new JsonObject { ["agents/messageId"] = never, ["agents/timeout"] = -1 });
        Assert.Equal("bad-parameter", (string?)faulty.Meta?["agents/code"]);
        Assert.Equal("run.unknown", (string?)(await McpCallTests.CallAsync(client, "run__wait", $$"""{"run":"{{never}}"}""")).Meta?["agents/code"]);
        // To anybody else there is no such run.
        await using var other = await silo.ConnectAsync(key: McpHost.Other);
        Assert.Equal("run.unknown", (string?)(await McpCallTests.CallAsync(other, "run__wait", $$"""{"run":"{{id}}"}""")).Meta?["agents/code"]);
        Assert.Equal("bad-address", (string?)(await McpCallTests.CallAsync(other, "run__wait", """{"run":""}""")).Meta?["agents/code"]);
    }

    [Fact]
    public async Task Question_OfAnAgent_IsAnsweredByATool()
    {
        await using var client = await silo.ConnectAsync();
        var asked = await McpCallTests.CallAsync(client, "scribe__scribe_ask", """{"agent":"asking"}""");
        var run = asked.StructuredContent!.Value.GetProperty("run").GetString()!;
        Assert.Equal("inputRequired", asked.StructuredContent!.Value.GetProperty("state").GetString());
        Assert.StartsWith("Which colour?\n", McpCallTests.Text(asked), StringComparison.Ordinal);
        Assert.Equal("invalid-payload", (string?)(await McpCallTests.CallAsync(client, "run__say", $$"""{"run":"{{run}}"}""")).Meta?["agents/code"]);
        Assert.Equal("Wrote it in red.", McpCallTests.Text(await McpCallTests.CallAsync(client, "run__say", $$"""{"run":"{{run}}","text":"red"}""")));
        Assert.Equal("run.final", (string?)(await McpCallTests.CallAsync(client, "run__cancel", $$"""{"run":"{{run}}"}""")).Meta?["agents/code"]);
        var second = (await McpCallTests.CallAsync(client, "scribe__scribe_ask", """{"agent":"asking"}""")).StructuredContent!.Value.GetProperty("run").GetString();
        var cancelled = await McpCallTests.CallAsync(client, "run__cancel", $$"""{"run":"{{second}}"}""");
        Assert.Equal("cancelled", cancelled.StructuredContent!.Value.GetProperty("state").GetString());
    }

    private static string Gate()
    {
        var name = Guid.NewGuid().ToString("N");
        ScribeAgent.Gates[name] = (new(TaskCreationOptions.RunContinuationsAsynchronously), new(TaskCreationOptions.RunContinuationsAsynchronously));
        return name;
    }

    private static Dictionary<string, object?> Arguments(string name) => new(StringComparer.Ordinal) { ["name"] = name, ["agent"] = name };

    /// <summary>Waits until the work of a run has begun to write.</summary>
    private async Task WrittenAsync(string run)
    {
        while (true)
        {
            try
            {
                await silo.Shop.Run(run).FollowAsync(cancellationToken: Token).FirstAsync(e => e.Artifact is not null, Token);
                return;
            }
            catch (AgentRefusedException e) when (e.Code == RunCodes.Unknown)
            {
                await Task.Yield();
            }
        }
    }

    /// <summary>A client of an older revision, within a session.</summary>
    private HttpClient Open(out string session)
    {
        var http = new HttpClient { BaseAddress = silo.Url };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", McpHost.Key);
        http.DefaultRequestHeaders.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        http.DefaultRequestHeaders.Add("Mcp-Session-Id", session = Guid.NewGuid().ToString("N"));
        return http;
    }

    private static async Task<string> PostAsync(HttpClient http, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(http.BaseAddress, content, Token);
        return await response.Content.ReadAsStringAsync(Token);
    }

    /// <summary>Tells at once, and in order, what a progress of the library's own would tell on some thread.</summary>
    private sealed class Heard(Action<ProgressNotificationValue> tell) : IProgress<ProgressNotificationValue>
    {
        public void Report(ProgressNotificationValue value) => tell(value);
    }
}
