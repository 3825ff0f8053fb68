using System.Text.Json;
using Xunit;
using static OrleansAgents.Tests.A2A.SendTests;

namespace OrleansAgents.Tests.A2A;

/// <summary>What a message says beside its parts: kept as it came, read by agents, and refused where it is faulty.</summary>
public sealed class RemarkTests(A2AHost host)
{
    private const string Metadata = """{"skill":"chat.say","a":{"b":[1,null]}}""", Extensions = $$"""["{{A2AHost.Extension}}","https://unknown.example"]""", References = """["task-1","another"]""";

    public static TheoryData<string> Bindings => new(A2ACaller.Rpc, A2ACaller.Http);

    [Theory, MemberData(nameof(Bindings))]
    public async Task Message_OfATask_IsInItsHistoryAsItCame(string binding)
    {
        using var caller = new A2ACaller(host.Url, binding);
        var task = (await caller.SendAsync("a2a/doer", Remarked(Text("x")))).Result.GetProperty("task");
        AssertRemarked(task.GetProperty("history")[0]);
        var id = task.GetProperty("id").GetString()!;
        AssertRemarked((await caller.GetAsync("a2a/doer", id)).Result.GetProperty("history")[0]);
        var said = $$"""{"message":{"messageId":"second","taskId":"{{id}}","role":"ROLE_USER","parts":[{"text":"yes"}],"metadata":{"c":2} } }""";
        var done = (await caller.SendAsync("a2a/doer", said)).Result.GetProperty("task");
        Assert.Equal("TASK_STATE_COMPLETED", done.GetProperty("status").GetProperty("state").GetString());
        Assert.Equal("""{"c":2}""", done.GetProperty("history").EnumerateArray().Single(m => m.GetProperty("messageId").GetString() == "second").GetProperty("metadata").GetRawText());
        using var stream = await caller.StreamAsync("a2a/doer", Remarked(Text("x")));
        AssertRemarked((await stream.NextAsync())!.Value.GetProperty("task").GetProperty("history")[0]);

        // The agent had them with the first message, and with the second.
        var heard = done.GetProperty("artifacts")[0].GetProperty("parts").EnumerateArray().Select(p => p.GetProperty("data").GetProperty("remarks")).ToList();
        Assert.Equal((Metadata, Extensions, References), (heard[0].GetProperty("metadata").GetRawText(), heard[0].GetProperty("extensions").GetRawText(), heard[0].GetProperty("references").GetRawText()));
        Assert.Equal("""{"metadata":{"c":2}}""", heard[1].GetRawText());
    }

    [Fact]
    public async Task Extensions_InForceAndModesThatAreAccepted_ReachTheAgent()
    {
        using var caller = new A2ACaller(host.Url);
        var talk = Message(Text("x"), configuration: """{"acceptedOutputModes":["image/*","text/plain"]}""");
        var reply = await caller.PostAsync("a2a/hearer/message:send", talk, headers: ("A2A-Extensions", $"https://unknown.example, {A2AHost.Extension}"));
        var expected = $$"""{"accepts":["image/*","text/plain"],"active":["{{A2AHost.Extension}}"]}""";
        Assert.Equal(expected, reply.Result.GetProperty("message").GetProperty("parts")[0].GetProperty("data").GetProperty("remarks").GetRawText());
        var skill = Message(Data("{}"), skill: "hear.this", configuration: """{"returnImmediately":true}""");
        var task = (await caller.PostAsync("a2a/hearer/message:send", skill, headers: ("A2A-Extensions", A2AHost.Extension))).Result.GetProperty("task").GetProperty("id").GetString()!;
        Assert.Equal($$$"""{"active":["{{{A2AHost.Extension}}}"],"metadata":{"skill":"hear.this"}}""", (await HeardAsync(caller, task)).GetRawText());
    }

    [Theory, MemberData(nameof(Bindings))]
    public async Task Remarks_OfASkill_AreInTheContextOfItsTurn(string binding)
    {
        using var caller = new A2ACaller(host.Url, binding);
        string Sent(string metadata, string configuration = "{}") =>
            $$$"""{"message":{"messageId":"{{{Guid.NewGuid()}}}","role":"ROLE_USER","parts":[{"data":{}}],"metadata":{{{metadata}}},"referenceTaskIds":[]},"configuration":{{{configuration}}} }""";

        const string Urgent = """{"skill":"hear.this","urgent":"ü"}""";
        var heard = (await caller.SendAsync("a2a/hearer", Sent(Urgent))).Result.GetProperty("message").GetProperty("parts")[0].GetProperty("data").GetProperty("remarks");
        Assert.Equal(Urgent, heard.GetProperty("metadata").GetRawText());
        // As a task it is told the same.
        var task = (await caller.SendAsync("a2a/hearer", Sent(Urgent, """{"returnImmediately":true}"""))).Result.GetProperty("task").GetProperty("id").GetString()!;
        Assert.Equal(heard.GetRawText(), (await HeardAsync(caller, task)).GetRawText());
        // Which skill is meant it knows by its handler.
        heard = (await caller.SendAsync("a2a/hearer", Sent("""{"skill":"hear.this"}"""))).Result.GetProperty("message").GetProperty("parts")[0].GetProperty("data").GetProperty("remarks");
        Assert.Equal(JsonValueKind.Null, heard.ValueKind);
        var large = (await caller.SendAsync("a2a/hearer", Sent($$"""{"skill":"hear.this","x":"{{new string('x', 1000)}}"}"""))).AssertPlain(-32602, 400);
        Assert.StartsWith("message.metadata: ", large.Json.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        // One that talks gets more than a header holds.
        var talk = """{"message":{"messageId":"ID","role":"ROLE_USER","parts":[{"text":"x"}],"metadata":{"x":"X"}}}""".Replace("ID", Guid.NewGuid().ToString(), StringComparison.Ordinal).Replace("X", new string('x', 50_000), StringComparison.Ordinal);
        Assert.Equal(50_000, (await caller.SendAsync("a2a/hearer", talk)).Result.GetProperty("message").GetProperty("parts")[0].GetProperty("data").GetProperty("remarks").GetProperty("metadata").GetProperty("x").GetString()!.Length);
    }

    [Fact]
    public async Task Echo_AsATask_MakesThePartsThatWereSaid()
    {
        using var caller = new A2ACaller(host.Url);
        var sent = Remarked(Text("x")).Replace("\"configuration\":{}", "\"configuration\":{\"returnImmediately\":true}", StringComparison.Ordinal);
        var task = (await caller.SendAsync("a2a/echo", sent)).Result.GetProperty("task").GetProperty("id").GetString()!;
        Assert.Equal("""[{"text":"x"}]""", (await DoneAsync(caller, "a2a/echo", task)).GetProperty("artifacts")[0].GetProperty("parts").GetRawText());
    }

    [Theory, MemberData(nameof(Bindings))]
    public async Task Remark_ThatIsFaulty_IsRefusedWithItsMember(string binding)
    {
        using var caller = new A2ACaller(host.Url, binding);
        var (many, nested) = (string.Join(',', Enumerable.Repeat("\"x\"", 33)), new string('[', 56) + new string(']', 56));
        foreach (var (member, value) in ((string, string)[])
        [
            ("metadata", $$"""{"a":{{nested}}}"""), ("metadata", "[]"), ("metadata", """{"a":"\ud800"}"""),
            ("extensions", $"[{many}]"), ("extensions", """[""]"""), ("extensions", "\"x\""), ("extensions", """["\ud800"]"""),
            ("referenceTaskIds", $"[\"{new string('x', 1025)}\"]"), ("referenceTaskIds", "[null]"), ("referenceTaskIds", "[7]"),
        ])
        {
            foreach (var agent in (string[])["a2a/hearer", "a2a/doer"])
            {
                var reply = await caller.SendAsync(agent, $$"""{"message":{"messageId":"m","role":"ROLE_USER","parts":[{"text":"x"}],"{{member}}":{{value}} } }""");
                Assert.StartsWith($"message.{member}", reply.AssertPlain(-32602, 400).Json.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
            }
        }

        var modes = await caller.SendAsync("a2a/doer", Message(Text("x"), configuration: """{"acceptedOutputModes":[""]}"""));
        Assert.StartsWith("configuration.acceptedOutputModes", modes.AssertPlain(-32602, 400).Json.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hearer", null, """["text/plain"]""", false)]
    [InlineData("hearer", null, """["text/plain","IMAGE/PNG"]""", true)]
    [InlineData("hearer", null, """["image/*"]""", true)]
    [InlineData("hearer", null, """["*/*"]""", true)]
    [InlineData("hearer", null, "[]", true)]
    [InlineData("hearer", "hear.this", """["image/png"]""", false)]
    [InlineData("hearer", "hear.this", """["application/json; charset=utf-8"]""", true)]
    [InlineData("counter", "counter.read", """["text/plain"]""", false)]
    [InlineData("echo", null, """["video/mp4"]""", true)]
    [InlineData("worker", "work.steps", """["text/plain"]""", true)]
    public async Task Modes_OfWhichNoneIsMade_AreRefused(string kind, string? skill, string modes, bool isTaken)
    {
        foreach (var binding in (string[])[A2ACaller.Rpc, A2ACaller.Http])
        {
            using var caller = new A2ACaller(host.Url, binding);
            var part = skill switch { null => Text("x"), "work.steps" => Data("""{"steps":1}"""), _ => Data("{}") };
            var reply = await caller.SendAsync($"a2a/{kind}", Message(part, skill: skill, configuration: $$"""{"acceptedOutputModes":{{modes}}}"""));
            _ = isTaken ? reply.Result : reply.AssertError("CONTENT_TYPE_NOT_SUPPORTED", -32005, 400).Json;
        }
    }

    [Fact]
    public async Task Card_OfAKindThatSaysWhatItMakes_SaysSo()
    {
        using var caller = new A2ACaller(host.Url, key: null);
        string Modes(A2AReply card, string skill) => card.Json.GetProperty("skills").EnumerateArray().Single(s => s.GetProperty("id").GetString() == skill).GetProperty("outputModes").GetRawText();
        var hearer = await caller.GetPathAsync("a2a/hearer/.well-known/agent-card.json");
        Assert.Equal(("""["image/png"]""", """["application/json"]"""), (Modes(hearer, "chat.say"), Modes(hearer, "hear.this")));
        Assert.Equal("""["text/plain","application/json"]""", Modes(await caller.GetPathAsync("a2a/worker/.well-known/agent-card.json"), "work.steps"));
    }

    private static string Remarked(string part) => $$"""
        {"message":{"messageId":"{{Guid.NewGuid()}}","role":"ROLE_USER","parts":[{{part}}],"metadata":{{Metadata}},"extensions":{{Extensions}},"referenceTaskIds":{{References}} },"configuration":{} }
        """;

    private static void AssertRemarked(JsonElement message) => Assert.Equal(
        (Metadata, Extensions, References),
        (message.GetProperty("metadata").GetRawText(), message.GetProperty("extensions").GetRawText(), message.GetProperty("referenceTaskIds").GetRawText()));

    /// <summary>What a skill was told, which answers in a task.</summary>
    private static async Task<JsonElement> HeardAsync(A2ACaller caller, string task) =>
        (await DoneAsync(caller, "a2a/hearer", task)).GetProperty("artifacts")[0].GetProperty("parts")[0].GetProperty("data").GetProperty("remarks");

    private static async Task<JsonElement> DoneAsync(A2ACaller caller, string agent, string task)
    {
        JsonElement read;
        while ((read = (await caller.GetAsync(agent, task)).Result).GetProperty("status").GetProperty("state").GetString() is var state && state != "TASK_STATE_COMPLETED")
        {
            Assert.True(state is "TASK_STATE_SUBMITTED" or "TASK_STATE_WORKING", state);
        }

        return read;
    }
}
