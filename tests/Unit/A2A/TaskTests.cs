using System.Text.Json;
using Xunit;
using static OrleansAgents.Tests.A2A.SendTests;

namespace OrleansAgents.Tests.A2A;

/// <summary>Tasks: read, listed, cancelled, followed.</summary>
public sealed class TaskTests(A2AHost host)
{
    private const string Worker = "a2a/worker";

    private const string Waiting = """{"steps":2,"ask":true}""";

    public static TheoryData<string> Bindings => new(A2ACaller.Rpc, A2ACaller.Http);

    [Theory, MemberData(nameof(Bindings))]
    public async Task Task_ReadWithAHistory_HasTheNewest(string binding)
    {
        using var caller = new A2ACaller(host.Url, binding);
        var task = await BeginAsync(caller, """{"steps":1}""");
        Assert.Equal(["ROLE_USER", "ROLE_AGENT"], (await caller.GetAsync(Worker, task)).Result.GetProperty("history").EnumerateArray().Select(m => m.GetProperty("role").GetString()!));
        Assert.Equal("ROLE_AGENT", Assert.Single((await caller.GetAsync(Worker, task, 1)).Result.GetProperty("history").EnumerateArray()).GetProperty("role").GetString());
        Assert.False((await caller.GetAsync(Worker, task, 0)).Result.TryGetProperty("history", out _));
        (await caller.GetAsync(Worker, task, -1)).AssertPlain(-32602, 400);
    }

    [Theory, MemberData(nameof(Bindings))]
    public async Task Task_OfSomebodyElseOrAnotherAgent_IsNotThere(string binding)
    {
        using var caller = new A2ACaller(host.Url, binding);
        using var other = new A2ACaller(host.Url, binding, A2AHost.OtherKey);
        var task = await BeginAsync(caller, Waiting);
        foreach (var reply in (A2AReply[])
        [
            await other.GetAsync(Worker, task), await other.CancelAsync(Worker, task), await other.SendAsync(Worker, Message(Text("x"), task)),
            await (await other.SubscribeAsync(Worker, task)).ReadAsync(), await caller.GetAsync("a2a/echo", task), await caller.CancelAsync("a2a/counter", task),
            await caller.GetAsync(Worker, "never"), await caller.CancelAsync(Worker, "never"), await (await caller.SubscribeAsync(Worker, "never")).ReadAsync(),
        ])
        {
            reply.AssertError("TASK_NOT_FOUND", -32001, 404);
        }

        Assert.Equal("TASK_STATE_INPUT_REQUIRED", (await caller.GetAsync(Worker, task)).Result.GetProperty("status").GetProperty("state").GetString());
    }

    [Theory, MemberData(nameof(Bindings))]
    public async Task Task_Cancelled_StaysSo(string binding)
    {
        using var caller = new A2ACaller(host.Url, binding);
        var task = await BeginAsync(caller, Waiting);
        Assert.Equal("TASK_STATE_CANCELED", (await caller.CancelAsync(Worker, task, "")).Result.GetProperty("status").GetProperty("state").GetString());
        Assert.Equal("TASK_STATE_CANCELED", (await caller.CancelAsync(Worker, task, "null")).Result.GetProperty("status").GetProperty("state").GetString());
        (await (await caller.SubscribeAsync(Worker, task)).ReadAsync()).AssertError("UNSUPPORTED_OPERATION", -32004, 400);
        var done = await BeginAsync(caller, """{"steps":1}""");
        (await caller.CancelAsync(Worker, done)).AssertError("TASK_NOT_CANCELABLE", -32002, 400);
    }

    [Theory, MemberData(nameof(Bindings))]
    public async Task Tasks_Listed_ComePageByPageNewestFirst(string binding)
    {
        using var caller = new A2ACaller(host.Url, binding);
        using var other = new A2ACaller(host.Url, binding, A2AHost.OtherKey);
        var context = $"list-{binding}";
        var begun = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            begun.Add(await BeginAsync(caller, Waiting, context));
        }

        // The list is told after the tasks' own commits.
        await WaitAsync(async () => (await caller.ListAsync(Worker, ("contextId", context), ("status", "TASK_STATE_INPUT_REQUIRED"))).Result.GetProperty("totalSize").GetInt32() == 5);
        var first = (await caller.ListAsync(Worker, ("contextId", context), ("pageSize", "2"))).Result;
        Assert.Equal((2, 5), (first.GetProperty("pageSize").GetInt32(), first.GetProperty("totalSize").GetInt32()));
        // One that moves to the front meanwhile hides none, and is not met again.
        var moved = Ids(first)[1];
        await caller.CancelAsync(Worker, moved);
        await WaitAsync(async () => Ids((await caller.ListAsync(Worker, ("contextId", context))).Result)[0] == moved);
        var second = (await caller.ListAsync(Worker, ("contextId", context), ("pageSize", "2"), ("pageToken", first.GetProperty("nextPageToken").GetString()!))).Result;
        var third = (await caller.ListAsync(Worker, ("contextId", context), ("pageSize", "2"), ("pageToken", second.GetProperty("nextPageToken").GetString()!))).Result;
        Assert.Equal("", third.GetProperty("nextPageToken").GetString());
        Assert.Equal(Enumerable.Reverse(begun), [.. Ids(first), .. Ids(second), .. Ids(third)]);

        Assert.Equal(moved, Assert.Single(Ids((await caller.ListAsync("a2a", ("contextId", context), ("status", "TASK_STATE_CANCELED"))).Result)));
        Assert.Empty(Ids((await other.ListAsync(Worker, ("contextId", context))).Result));
        Assert.Empty(Ids((await caller.ListAsync("a2a/echo", ("contextId", context))).Result));
        Assert.Empty(Ids((await caller.ListAsync(Worker, ("contextId", context), ("statusTimestampAfter", "2999-01-01T00:00:00Z"))).Result));
        Assert.Equal("", (await caller.ListAsync(Worker, ("contextId", "none"))).Result.GetProperty("nextPageToken").GetString());
    }

    [Theory, MemberData(nameof(Bindings))]
    public async Task Tasks_Listed_HaveArtifactsAndHistoryAsAsked(string binding)
    {
        using var caller = new A2ACaller(host.Url, binding);
        var context = $"parts-{binding}";
        await BeginAsync(caller, """{"steps":1}""", context);
        await WaitAsync(async () => (await caller.ListAsync(Worker, ("contextId", context), ("status", "TASK_STATE_COMPLETED"))).Result.GetProperty("totalSize").GetInt32() == 1);
        var bare = (await caller.ListAsync(Worker, ("contextId", context), ("historyLength", "0"))).Result.GetProperty("tasks")[0];
        Assert.False(bare.TryGetProperty("artifacts", out _) || bare.TryGetProperty("history", out _));
        var whole = (await caller.ListAsync(Worker, ("contextId", context), ("historyLength", "1"), ("includeArtifacts", "true"))).Result.GetProperty("tasks")[0];
        Assert.Equal((1, 1), (whole.GetProperty("artifacts").GetArrayLength(), whole.GetProperty("history").GetArrayLength()));
    }

    [Theory, MemberData(nameof(Bindings))]
    public async Task List_ThatMakesNoSense_IsRefused(string binding)
    {
        using var caller = new A2ACaller(host.Url, binding);
        foreach (var (name, value) in ((string, string)[])[("pageSize", "0"), ("pageSize", "101"), ("pageSize", "x"), ("pageToken", "?"), ("pageToken", "eA"), ("historyLength", "-1"), ("status", "working"), ("statusTimestampAfter", "then")])
        {
            (await caller.ListAsync(Worker, (name, value))).AssertPlain(-32602, 400);
        }
    }

    [Theory, MemberData(nameof(Bindings))]
    public async Task Stream_OfAMessage_HasTheTaskAndAllThatFollows(string binding)
    {
        using var caller = new A2ACaller(host.Url, binding);
        using var events = await caller.StreamAsync(Worker, Message(Data("""{"steps":3}"""), context: "s-1", skill: "work.steps"));
        Assert.Equal("text/event-stream", events.Type);
        var all = await events.RestAsync();
        Assert.Equal("TASK_STATE_SUBMITTED", all[0].GetProperty("task").GetProperty("status").GetProperty("state").GetString());
        Assert.All(all[1..], one => Assert.Single(one.EnumerateObject()));
        var artifacts = all.Where(e => e.TryGetProperty("artifactUpdate", out _)).Select(e => e.GetProperty("artifactUpdate")).ToList();
        Assert.Equal("1 2 3 ", string.Concat(artifacts.Select(a => a.GetProperty("artifact").GetProperty("parts")[0].GetProperty("text").GetString())));
        Assert.All(artifacts.Skip(1), a => Assert.True(a.GetProperty("append").GetBoolean()));
        Assert.Equal(("TASK_STATE_COMPLETED", "s-1"), (all[^1].GetProperty("statusUpdate").GetProperty("status").GetProperty("state").GetString(), all[^1].GetProperty("statusUpdate").GetProperty("contextId").GetString()));
    }

    [Theory, MemberData(nameof(Bindings))]
    public async Task Stream_OfATaskThatAsks_EndsThereAndASubscriptionGoesOn(string binding)
    {
        using var caller = new A2ACaller(host.Url, binding);
        using var events = await caller.StreamAsync(Worker, Message(Data(Waiting), skill: "work.steps"));
        var all = await events.RestAsync();
        Assert.Equal("TASK_STATE_INPUT_REQUIRED", all[^1].GetProperty("statusUpdate").GetProperty("status").GetProperty("state").GetString());
        var task = all[0].GetProperty("task").GetProperty("id").GetString()!;
        using var first = await caller.SubscribeAsync(Worker, task);
        using var second = await caller.SubscribeAsync(Worker, task, byGet: false);
        Assert.Equal("TASK_STATE_INPUT_REQUIRED", (await first.NextAsync())!.Value.GetProperty("task").GetProperty("status").GetProperty("state").GetString());
        await second.NextAsync();
        await caller.SendAsync(Worker, Message(Text("yes"), task));
        var (left, right) = (await first.RestAsync(), await second.RestAsync());
        Assert.Equal(left.Select(e => e.GetRawText()), right.Select(e => e.GetRawText()));
        Assert.Equal("TASK_STATE_COMPLETED", left[^1].GetProperty("statusUpdate").GetProperty("status").GetProperty("state").GetString());
        using var rest = await caller.SubscribeAsync(Worker, task, headers: ("Last-Event-ID", $"{long.Parse(first.LastId!) - 1}"));
        Assert.Equal(left[^1].GetRawText(), Assert.Single(await rest.RestAsync()).GetRawText());
    }

    [Theory, MemberData(nameof(Bindings))]
    public async Task Stream_OfAnAgentThatAnswers_IsOneMessage(string binding)
    {
        using var caller = new A2ACaller(host.Url, binding);
        using var events = await caller.StreamAsync("a2a/echo", Message(Text("hello")));
        Assert.Equal("hello", Assert.Single(await events.RestAsync()).GetProperty("message").GetProperty("parts")[0].GetProperty("text").GetString());
    }

    [Theory, MemberData(nameof(Bindings))]
    public async Task Task_WhoseAgentWillNotHaveIt_IsRejectedAndSaysWhy(string binding)
    {
        using var caller = new A2ACaller(host.Url, binding);
        var task = (await caller.SendAsync(Worker, Message(Data("""{"steps":0}"""), skill: "work.steps"))).Result.GetProperty("task");
        Assert.Equal(("TASK_STATE_REJECTED", "invalid-payload"), (task.GetProperty("status").GetProperty("state").GetString(), task.GetProperty("metadata").GetProperty("code").GetString()));
        Assert.Contains("steps", task.GetProperty("status").GetProperty("message").GetProperty("parts")[0].GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Bindings))]
    public async Task Message_ThatWaitsWhileTheSiloStops_IsToldSoAtOnce(string binding)
    {
        var url = await host.StartAsync();
        using var caller = new A2ACaller(url, binding);
        var task = await BeginAsync(caller, Waiting);
        using var events = await caller.SubscribeAsync(Worker, task);
        _ = await events.NextAsync();
        // It goes on, for a minute.
        var waiting = caller.SendAsync(Worker, Message(Data("""{"steps":1,"ms":60000}"""), skill: "work.steps"));
        while ((await caller.ListAsync(Worker)).Result.GetProperty("totalSize").GetInt32() < 2)
        {
        }

        await host.StopAsync(url);
        var reply = (await waiting).AssertPlain(-32000, 503);
        Assert.Equal(503, reply.Status);
        Assert.Contains("goes on", reply.Body, StringComparison.Ordinal);
        Assert.Empty(await events.RestAsync());
    }

    internal static async Task<string> BeginAsync(A2ACaller caller, string plan, string? context = null) =>
        (await caller.SendAsync(Worker, Message(Data(plan), context: context, skill: "work.steps"))).Result.GetProperty("task").GetProperty("id").GetString()!;

    private static List<string> Ids(JsonElement list) => [.. list.GetProperty("tasks").EnumerateArray().Select(t => t.GetProperty("id").GetString()!)];

    private static async Task WaitAsync(Func<Task<bool>> isSoAsync)
    {
        while (!await isSoAsync())
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }
}
