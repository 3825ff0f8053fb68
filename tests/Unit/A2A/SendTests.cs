using System.Text.Json;
using Xunit;

namespace OrleansAgents.Tests.A2A;

/// <summary>Messages to agents, by both bindings.</summary>
public sealed class SendTests(A2AHost host)
{
    public static TheoryData<string> Bindings => new(A2ACaller.Rpc, A2ACaller.Http);

    internal static string Message(string parts, string? task = null, string? context = null, string? skill = null, string? id = null, string configuration = "{}") => $$"""
        {"message":{"messageId":"{{id ?? Guid.NewGuid().ToString()}}","role":"ROLE_USER","parts":[{{parts}}]{{Member("taskId", task)}}{{Member("contextId", context)}}{{(
            skill is null ? "" : $",\"metadata\":{{\"skill\":\"{skill}\"}}")}}},"configuration":{{configuration}}}
        """;

    internal static string Text(string text) => $$"""{"text":{{JsonSerializer.Serialize(text)}}}""";

    internal static string Data(string json) => $$"""{"data":{{json}}}""";

    [Theory, MemberData(nameof(Bindings))]
    public async Task Text_ToAnAgentThatAnswers_IsAnsweredWithAMessage(string binding)
    {
        using var caller = new A2ACaller(host.Url, binding);
        var reply = await caller.SendAsync("a2a/echo", Message(Text("hello"), context: "c-1"));
        var message = reply.Result.GetProperty("message");
        Assert.Equal(("ROLE_AGENT", "c-1", "hello"), (message.GetProperty("role").GetString(), message.GetProperty("contextId").GetString(), message.GetProperty("parts")[0].GetProperty("text").GetString()));
        Assert.Equal(binding == A2ACaller.Rpc ? "application/json" : "application/a2a+json", reply.Type);
        Assert.NotEmpty(message.GetProperty("messageId").GetString()!);
        if (binding == A2ACaller.Rpc)
        {
            Assert.Equal("r-1", reply.Json.GetProperty("id").GetString());
        }
    }

    [Fact]
    public async Task Parts_OfEveryKind_ComeBackAsTheyWere()
    {
        const string Parts = """{"text":"a","metadata":{"m":1}},{"raw":"AQI=","filename":"x.png","mediaType":"image/png"},{"url":"https://a.example/"},{"data":null},{"data":[1,{"b":null}]}""";
        using var caller = new A2ACaller(host.Url);
        var reply = await caller.SendAsync("a2a/echo", Message(Parts));
        Assert.Equal($"[{Parts}]", reply.Result.GetProperty("message").GetProperty("parts").GetRawText());
    }

    [Theory, MemberData(nameof(Bindings))]
    public async Task Data_ForASkillThatIsNamed_IsAnsweredWithItsReply(string binding)
    {
        using var caller = new A2ACaller(host.Url, binding);
        var reply = await caller.SendAsync("a2a/counter/a2a-named", Message(Data("""{"amount":2}"""), skill: "counter.add"));
        Assert.Equal(2, reply.Result.GetProperty("message").GetProperty("parts")[0].GetProperty("data").GetProperty("value").GetInt32());
        await caller.SendAsync("a2a/counter/a2a-named", Message(Data("""{"amount":-2}"""), skill: "counter.add"));
    }

    [Fact]
    public async Task Skill_NamedBesideTheMessage_IsThatOne()
    {
        using var caller = new A2ACaller(host.Url);
        var sent = """{"message":{"messageId":"m","role":"ROLE_USER","parts":[{"data":{}}]},"metadata":{"skill":"counter.read"}}""";
        Assert.Equal(0, (await caller.SendAsync("a2a/counter", sent)).Result.GetProperty("message").GetProperty("parts")[0].GetProperty("data").GetProperty("value").GetInt32());
    }

    [Fact]
    public async Task Message_SentAgainUnderItsId_TakesEffectOnce()
    {
        using var caller = new A2ACaller(host.Url);
        using var other = new A2ACaller(host.Url, key: A2AHost.OtherKey);
        var sent = Message(Data("""{"amount":5}"""), skill: "counter.add", id: "once");
        var first = await caller.SendAsync("a2a/counter/a2a-once", sent);
        Assert.Equal(first.Body, (await caller.SendAsync("a2a/counter/a2a-once", sent)).Body);
        // The same id is another message when somebody else sends it, or when it is for another agent.
        Assert.Equal(10, Value(await other.SendAsync("a2a/counter/a2a-once", sent)));
        Assert.Equal(5, Value(await caller.SendAsync("a2a/counter/a2a-once-more", sent)));
    }

    [Fact]
    public async Task Context_OfACaller_IsOneAgentAndNobodyElses()
    {
        using var caller = new A2ACaller(host.Url);
        using var other = new A2ACaller(host.Url, key: A2AHost.OtherKey);
        string Add(string? context) => Message(Data("""{"amount":1}"""), skill: "counter.add", context: context);

        Assert.Equal(1, Value(await caller.SendAsync("a2a/counter", Add("ctx-1"))));
        Assert.Equal(2, Value(await caller.SendAsync("a2a/counter", Add("ctx-1"))));
        Assert.Equal(1, Value(await other.SendAsync("a2a/counter", Add("ctx-1"))));
        Assert.Equal(1, Value(await caller.SendAsync("a2a/counter", Add(context: null))));
    }

    [Theory, MemberData(nameof(Bindings))]
    public async Task Tenant_InTheParameters_IsTheAgentsKey(string binding)
    {
        using var caller = new A2ACaller(host.Url, binding);
        string Add(string tenant) => Message(Data("""{"amount":1}"""), skill: "counter.add").Replace("{\"message\"", $"{{\"tenant\":\"{tenant}\",\"message\"", StringComparison.Ordinal);
        var key = $"till/{binding}";
        Assert.Equal(1, Value(await caller.SendAsync("a2a/counter", Add(key))));
        Assert.Equal(2, Value(await caller.SendAsync($"a2a/counter/{Uri.EscapeDataString(key)}", Message(Data("""{"amount":1}"""), skill: "counter.add"))));
        Assert.Equal(3, Value(await caller.SendAsync("a2a", Add($"counter/{key}"))));
        (await caller.SendAsync("a2a/counter/one", Add("another"))).AssertPlain(-32602, 400);
        (await caller.SendAsync("a2a/counter", Add("a2a/0198d2f0-3c5e-8000-9a1b-2c3d4e000001"))).AssertPlain(-32602, 400);
    }

    [Fact]
    public async Task Message_AtTheHostsOwnAddress_GoesByItsSkill()
    {
        using var caller = new A2ACaller(host.Url);
        Assert.Equal(0, Value(await caller.SendAsync("a2a", Message(Data("{}"), skill: "counter/counter.read"))));
        Assert.Equal("hi", (await caller.SendAsync("a2a", Message(Text("hi"), skill: "echo"))).Result.GetProperty("message").GetProperty("parts")[0].GetProperty("text").GetString());
        (await caller.SendAsync("a2a", Message(Text("hi")))).AssertPlain(-32602, 400);
    }

    [Theory, MemberData(nameof(Bindings))]
    public async Task Message_ToAnAgentThatWorks_WaitsUntilTheTaskIsDone(string binding)
    {
        using var caller = new A2ACaller(host.Url, binding);
        var task = (await caller.SendAsync("a2a/worker", Message(Data("""{"steps":3}"""), context: "c-2", skill: "work.steps", id: "m-1"))).Result.GetProperty("task");
        Assert.Equal(("TASK_STATE_COMPLETED", "c-2"), (task.GetProperty("status").GetProperty("state").GetString(), task.GetProperty("contextId").GetString()));
        Assert.Equal("3 steps done.", task.GetProperty("status").GetProperty("message").GetProperty("parts")[0].GetProperty("text").GetString());
        Assert.Equal("1 2 3 ", task.GetProperty("artifacts")[0].GetProperty("parts")[0].GetProperty("text").GetString());
        var history = task.GetProperty("history");
        Assert.Equal(["m-1 ROLE_USER", "ROLE_AGENT"], [$"{history[0].GetProperty("messageId").GetString()} {history[0].GetProperty("role").GetString()}", history[history.GetArrayLength() - 1].GetProperty("role").GetString()!]);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", task.GetProperty("status").GetProperty("timestamp").GetString()!);
    }

    [Theory, MemberData(nameof(Bindings))]
    public async Task Message_ThatIsNotWaitedFor_BeginsATaskEvenOfAnAgentThatAnswers(string binding)
    {
        using var caller = new A2ACaller(host.Url, binding);
        var sent = Message(Text("later"), id: $"later-{binding}", configuration: """{"returnImmediately":true}""");
        var task = (await caller.SendAsync("a2a/echo", sent)).Result.GetProperty("task").GetProperty("id").GetString()!;
        Assert.Equal(task, (await caller.SendAsync("a2a/echo", sent)).Result.GetProperty("task").GetProperty("id").GetString());
        JsonElement read;
        do
        {
            read = (await caller.GetAsync("a2a/echo", task)).Result;
        }
        while (read.GetProperty("status").GetProperty("state").GetString() != "TASK_STATE_COMPLETED");
        Assert.Equal("later", read.GetProperty("artifacts")[0].GetProperty("parts")[0].GetProperty("text").GetString());
    }

    [Theory, MemberData(nameof(Bindings))]
    public async Task Task_ThatAsksForInput_GoesOnWithTheNextMessage(string binding)
    {
        using var caller = new A2ACaller(host.Url, binding);
        var task = (await caller.SendAsync("a2a/worker", Message(Data("""{"steps":2,"ask":true}"""), skill: "work.steps"))).Result.GetProperty("task");
        var (id, context) = (task.GetProperty("id").GetString()!, task.GetProperty("contextId").GetString());
        Assert.Equal("TASK_STATE_INPUT_REQUIRED", task.GetProperty("status").GetProperty("state").GetString());
        Assert.Equal("Shall I begin?", task.GetProperty("status").GetProperty("message").GetProperty("parts")[0].GetProperty("text").GetString());
        (await caller.SendAsync("a2a/worker", Message(Text("yes"), id, "another context"))).AssertPlain(-32602, 400);
        (await caller.SendAsync("a2a/counter", Message(Text("yes"), id))).AssertError("TASK_NOT_FOUND", -32001, 404);

        var done = (await caller.SendAsync("a2a/worker", Message(Text("yes"), id, context, configuration: """{"historyLength":2}"""))).Result.GetProperty("task");
        Assert.Equal((id, "TASK_STATE_COMPLETED"), (done.GetProperty("id").GetString(), done.GetProperty("status").GetProperty("state").GetString()));
        Assert.Equal(["yes", "2 steps done."], done.GetProperty("history").EnumerateArray().Select(m => m.GetProperty("parts")[0].GetProperty("text").GetString()!));
        (await caller.SendAsync("a2a/worker", Message(Text("more"), id))).AssertError("UNSUPPORTED_OPERATION", -32004, 400);
    }

    private static int Value(A2AReply reply) => reply.Result.GetProperty("message").GetProperty("parts")[0].GetProperty("data").GetProperty("value").GetInt32();

    private static string Member(string name, string? value) => value is null ? "" : $",\"{name}\":{JsonSerializer.Serialize(value)}";
}
