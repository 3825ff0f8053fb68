using System.Text.Json;
using Xunit;
using static OrleansAgents.Tests.A2A.SendTests;

namespace OrleansAgents.Tests.A2A;

/// <summary>What is answered to requests that cannot be served.</summary>
public sealed class ErrorTests(A2AHost host)
{
    public static TheoryData<string> Bindings => new(A2ACaller.Rpc, A2ACaller.Http);

    [Theory]
    [InlineData(null)]
    [InlineData("0.3")]
    [InlineData("2.0")]
    [InlineData("1")]
    public async Task Version_ThatIsNotSpoken_IsRefused(string? version)
    {
        foreach (var binding in (string[])[A2ACaller.Rpc, A2ACaller.Http])
        {
            using var caller = new A2ACaller(host.Url, binding, version: version);
            (await caller.SendAsync("a2a/echo", Message(Text("x")))).AssertError("VERSION_NOT_SUPPORTED", -32009, 400);
        }
    }

    [Fact]
    public async Task Version_InTheQueryOrWithAPatch_IsSpoken()
    {
        using var bare = new A2ACaller(host.Url, version: null);
        _ = (await bare.PostAsync("a2a/echo/message:send?A2A-Version=1.0", Message(Text("x")))).Result;
        using var patched = new A2ACaller(host.Url, version: "1.0.4");
        _ = (await patched.SendAsync("a2a/echo", Message(Text("x")))).Result;
    }

    [Fact]
    public async Task Caller_ThatShowsNoKeyOrAWrongOne_IsAskedForOneWhateverItWants()
    {
        foreach (var (key, binding) in ((string?, string)[])[(null, A2ACaller.Rpc), ("wrong", A2ACaller.Rpc), (null, A2ACaller.Http), ("wrong", A2ACaller.Http)])
        {
            using var caller = new A2ACaller(host.Url, binding, key, version: null);
            foreach (var agent in (string[])["a2a/echo", "a2a/never"])
            {
                var reply = await caller.SendAsync(agent, "no json");
                Assert.Equal((401, "Bearer"), (reply.Status, reply.Headers["WWW-Authenticate"]));
                reply.AssertPlain(-32000, 401);
            }
        }
    }

    [Theory, MemberData(nameof(Bindings))]
    public async Task Kind_ThatIsNotOffered_IsNotThere(string binding)
    {
        using var caller = new A2ACaller(host.Url, binding);
        foreach (var kind in (string[])["chaos", "run", "never", "UPPER"])
        {
            Assert.Equal(404, (await caller.SendAsync($"a2a/{kind}", Message(Text("x")))).AssertPlain(-32000, 404).Status);
        }
    }

    [Theory, MemberData(nameof(Bindings))]
    public async Task Message_ThatMakesNoSense_IsRefusedWithItsPlace(string binding)
    {
        using var caller = new A2ACaller(host.Url, binding);
        foreach (var (sent, place) in ((string, string)[])
        [
            ("{}", "'message' is missing"),
            ("""{"message":{"role":"ROLE_USER","parts":[{"text":"x"}]}}""", "'messageId' is missing"),
            ("""{"message":{"messageId":"","role":"ROLE_USER","parts":[{"text":"x"}]}}""", "message.messageId"),
            ("""{"message":{"messageId":"m","role":"ROLE_AGENT","parts":[{"text":"x"}]}}""", "message.role"),
            ("""{"message":{"messageId":"m","role":"user","parts":[{"text":"x"}]}}""", "ROLE_USER"),
            ("""{"message":{"messageId":"m","role":"ROLE_USER","parts":[]}}""", "message.parts"),
            ("""{"message":{"messageId":"m","role":"ROLE_USER","parts":[{"text":"x"},{}]}}""", "message.parts[1]"),
            ("""{"message":{"messageId":"m","role":"ROLE_USER","parts":[{"text":"x","url":"y"}]}}""", "exactly one"),
            ("""{"message":{"messageId":"m","role":"ROLE_USER","parts":{"text":"x"}}}""", "message.parts"),
            ("""{"message":{"messageId":"m","messageId":"n","role":"ROLE_USER","parts":[{"text":"x"}]}}""", "twice"),
            ("""{"message":{"messageId":"m","role":"ROLE_USER","parts":[{"text":"x"}]},"configuration":{"historyLength":-1}}""", "historyLength"),
            ("""{"message":{"messageId":"m","role":"ROLE_USER","parts":[{"text":"x"}],"metadata":{"skill":1}}}""", "message.metadata.skill"),
            ("""{"message":{"messageId":"m","role":"ROLE_USER","parts":[{"text":"x"}],"metadata":{"skill":""}}}""", "message.metadata.skill"),
            ($$$"""{"message":{"messageId":"m","role":"ROLE_USER","parts":[{"data":{{{Nested(57)}}}}]}}""", "message.parts[0]: 'data'"),
            ("""{"message":{"messageId":"m","role":"ROLE_USER","parts":[{"text":"x"}],"metadata":{"skill":"\ud800"}}}""", "message.metadata: A text has half"),
            ("""{"message":{"messageId":"m","role":"ROLE_USER","parts":[{"data":{"a":["\ud800"]}}]}}""", "message.parts[0]: A text has half"),
            ("""{"message":{"messageId":"m","role":"ROLE_USER","parts":[{"text":"x","metadata":{"a":"\udc00\ud800"}}]}}""", "message.parts[0]: A text has half"),
        ])
        {
            var reply = (await caller.SendAsync("a2a/worker", sent)).AssertPlain(-32602, 400);
            Assert.Contains(place, reply.Json.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        }

        var named = await caller.SendAsync("a2a/counter", Message(Data("{}"), skill: "counter.never"));
        Assert.Contains("counter.add", named.AssertPlain(-32602, 400).Body, StringComparison.Ordinal);
        Assert.Contains("amount", (await caller.SendAsync("a2a/counter", Message(Data("""{"amount":"x"}"""), skill: "counter.add"))).AssertPlain(-32602, 400).Body, StringComparison.Ordinal);
    }

    private static string Nested(int depth) => new string('[', depth) + new string(']', depth);

    [Theory, MemberData(nameof(Bindings))]
    public async Task Task_ThatIsUnknown_TakesNoMessage(string binding)
    {
        using var caller = new A2ACaller(host.Url, binding);
        foreach (var task in (string[])["never", "a b/c", new string('x', 500)])
        {
            (await caller.SendAsync("a2a/worker", Message(Text("x"), task))).AssertError("TASK_NOT_FOUND", -32001, 404);
        }
    }

    [Theory, MemberData(nameof(Bindings))]
    public async Task Part_OfATypeThatIsNotTaken_IsRefused(string binding)
    {
        using var caller = new A2ACaller(host.Url, binding);
        (await caller.SendAsync("a2a/echo", Message("""{"text":"x","mediaType":"application/x-strange"}"""))).AssertError("CONTENT_TYPE_NOT_SUPPORTED", -32005, 400);
        (await caller.SendAsync("a2a/counter", Message(Text("x"), skill: "counter.add"))).AssertError("CONTENT_TYPE_NOT_SUPPORTED", -32005, 400);
        (await caller.SendAsync("a2a/counter", Message("""{"data":{"amount":1},"mediaType":"text/csv"}""", skill: "counter.add"))).AssertError("CONTENT_TYPE_NOT_SUPPORTED", -32005, 400);
        (await caller.SendAsync("a2a/counter", Message(Data("[1]"), skill: "counter.add"))).AssertPlain(-32602, 400);
    }

    [Fact]
    public async Task Body_OfAnotherTypeTooLargeOrNoJson_IsRefused()
    {
        using var caller = new A2ACaller(host.Url);
        foreach (var path in (string[])["a2a/echo/message:send", "a2a/echo"])
        {
            (await caller.PostAsync(path, "{}", "text/plain")).AssertError("CONTENT_TYPE_NOT_SUPPORTED", -32005, 400);
            (await caller.PostAsync(path, "{}", type: null)).AssertError("CONTENT_TYPE_NOT_SUPPORTED", -32005, 400);
            Assert.Equal(413, (await caller.PostAsync(path, $"\"{new string('x', 400_000)}\"")).AssertPlain(-32000, 413).Status);
            foreach (var body in (string[])["", "{", "{\"a\":1}x", "\u0001", new string('[', 5000)])
            {
                (await caller.PostAsync(path, body)).AssertPlain(-32700, 400);
            }
        }

        _ = (await caller.PostAsync("a2a/echo/message:send", Message(Text("x")), "application/a2a+json; charset=utf-8")).Result;
        var deep = $$"""{"data":{{new string('[', 62)}}{{new string(']', 62)}}}""";
        Assert.Contains("deeper", (await caller.PostAsync("a2a/echo/message:send", Message(deep))).AssertPlain(-32602, 400).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[{"jsonrpc":"2.0","id":1,"method":"GetTask"}]""", -32600, "null")]
    [InlineData("""{"jsonrpc":"1.0","id":1,"method":"GetTask"}""", -32600, "1")]
    [InlineData("""{"jsonrpc":"2.0","method":"GetTask"}""", -32600, "null")]
    [InlineData("""{"jsonrpc":"2.0","id":null,"method":"GetTask"}""", -32600, "null")]
    [InlineData("""{"jsonrpc":"2.0","id":1.5,"method":"GetTask"}""", -32600, "null")]
    [InlineData("""{"jsonrpc":"2.0","id":{},"method":"GetTask"}""", -32600, "null")]
    [InlineData("""{"jsonrpc":"2.0","id":"a\"b","method":7}""", -32600, "\"a\\\"b\"")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"GetTask","params":[]}""", -32600, "1")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ListTasks","method":"GetTask"}""", -32600, "1")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"GetTask","params":{},"params":{"id":"x"}}""", -32600, "1")]
    [InlineData("""{"jsonrpc":"2.0","id":12345678901234567890,"method":"message/send","params":{}}""", -32601, "12345678901234567890")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"GetTask"}""", -32602, "1")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"GetTask","params":null}""", -32602, "1")]
    [InlineData("""{"params":{"id":7},"method":"GetTask","id":1,"jsonrpc":"2.0"}""", -32602, "1")]
    public async Task Request_ThatIsNoneOfJsonRpc_IsRefusedWithItsId(string body, int code, string id)
    {
        using var caller = new A2ACaller(host.Url);
        var reply = await caller.PostAsync("a2a/worker", body);
        Assert.Equal((200, "application/json"), (reply.Status, reply.Type));
        Assert.Equal(id, reply.AssertPlain(code, 200).Json.GetProperty("id").GetRawText());
    }

    [Fact]
    public async Task Path_OrMethodThatIsNone_IsAnErrorOfTheBinding()
    {
        using var caller = new A2ACaller(host.Url);
        (await caller.GetPathAsync("a2a/echo/never/more/of/it")).AssertPlain(0, 404);
        (await caller.PostAsync("a2a/echo/message:never/x/y", "{}")).AssertPlain(0, 404);
        var reply = await caller.GetPathAsync("a2a/echo/message:send");
        Assert.Equal("POST", reply.AssertPlain(0, 405).Headers["Allow"]);
        (await caller.GetPathAsync("a2a/worker/tasks?pageSize=1&pageSize=2")).AssertPlain(0, 400);
    }

    [Theory, MemberData(nameof(Bindings))]
    public async Task Stream_ThatCannotBegin_IsAnOrdinaryError(string binding)
    {
        using var caller = new A2ACaller(host.Url, binding);
        using var stream = await caller.StreamAsync("a2a/counter", Message(Text("x"), skill: "counter.add"));
        Assert.NotEqual("text/event-stream", stream.Type);
        (await stream.ReadAsync()).AssertError("CONTENT_TYPE_NOT_SUPPORTED", -32005, 400);
        foreach (var place in (string[])["x", "-1", "9999"])
        {
            using var subscription = await caller.SubscribeAsync("a2a/worker", await TaskTests.BeginAsync(caller, """{"ask":true}"""), headers: ("Last-Event-ID", place));
            (await subscription.ReadAsync()).AssertPlain(-32602, 400);
        }
    }

    [Theory, MemberData(nameof(Bindings))]
    public async Task Refusal_OfAnAgentsOwn_SaysItsCode(string binding)
    {
        using var caller = new A2ACaller(host.Url, binding);
        var agent = $"a2a/counter/full-{binding}".Replace("+", "", StringComparison.Ordinal);
        await caller.SendAsync(agent, Message(Data($$"""{"amount":{{long.MaxValue}}}"""), skill: "counter.add"));
        var reply = (await caller.SendAsync(agent, Message(Data("""{"amount":1}"""), skill: "counter.add"))).AssertPlain(-32602, 400);
        Assert.Contains("\"COUNTER_OVERFLOW\"", reply.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Extension_ThatIsRequired_MustBeNamedAndIsRepeated()
    {
        var url = await host.StartAsync("/", withPush: false, "Agents:A2A:Extensions:1:Uri=https://extensions.example/must", "Agents:A2A:Extensions:1:Required=true");
        using var caller = new A2ACaller(url);
        (await caller.SendAsync("a2a/echo", Message(Text("x")))).AssertError("EXTENSION_SUPPORT_REQUIRED", -32008, 400);
        var reply = await caller.PostAsync(
            "a2a/echo/message:send", Message(Text("x")), headers: ("A2A-Extensions", $"https://unknown.example, https://extensions.example/must,{A2AHost.Extension}"));
        Assert.Equal($"{A2AHost.Extension}, https://extensions.example/must", reply.Headers["A2A-Extensions"]);
        _ = reply.Result;

        // Nobody posts here, and the card says so.
        var headers = ("A2A-Extensions", "https://extensions.example/must");
        (await caller.PostAsync("a2a/worker/tasks/x/pushNotificationConfigs", """{"url":"https://a.example"}""", headers: headers)).AssertError("PUSH_NOTIFICATION_NOT_SUPPORTED", -32003, 400);
        var rpc = """{"jsonrpc":"2.0","id":1,"method":"ListTaskPushNotificationConfigs","params":{"taskId":"x"}}""";
        (await caller.PostAsync("a2a/worker", rpc, headers: headers)).AssertError("PUSH_NOTIFICATION_NOT_SUPPORTED", -32003, 400);
        var card = (await caller.GetPathAsync("a2a/worker/.well-known/agent-card.json")).Json.GetProperty("capabilities");
        Assert.False(card.GetProperty("pushNotifications").GetBoolean());
        Assert.True(card.GetProperty("extensions")[1].GetProperty("required").GetBoolean());
    }
}
