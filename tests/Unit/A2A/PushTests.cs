using System.Text.Json;
using Xunit;
using static OrleansAgents.Tests.A2A.SendTests;

namespace OrleansAgents.Tests.A2A;

/// <summary>Changes of tasks, posted to where their owners want them.</summary>
public sealed class PushTests(A2AHost host)
{
    private const string Worker = "a2a/worker";

    public static TheoryData<string> Bindings => new(A2ACaller.Rpc, A2ACaller.Http);

    [Theory, MemberData(nameof(Bindings))]
    public async Task Config_OfATask_IsCreatedReadListedAndDeleted(string binding)
    {
        using var caller = new A2ACaller(host.Url, binding);
        using var other = new A2ACaller(host.Url, binding, A2AHost.OtherKey);
        var task = await TaskTests.BeginAsync(caller, """{"ask":true}""");
        var created = (await CreateAsync(caller, task, "\"url\":\"https://hooks.example/x\",\"token\":\"t-1\",\"authentication\":{\"scheme\":\"Bearer\",\"credentials\":\"secret\"}")).Result;
        var id = created.GetProperty("id").GetString()!;
        Assert.Equal((task, "https://hooks.example/x", "secret"), (created.GetProperty("taskId").GetString(), created.GetProperty("url").GetString(), created.GetProperty("authentication").GetProperty("credentials").GetString()));
        await CreateAsync(caller, task, "\"url\":\"https://hooks.example/y\",\"id\":\"~own\"");

        var read = (await GetAsync(caller, task, id)).Result;
        Assert.Equal(("t-1", "Bearer"), (read.GetProperty("token").GetString(), read.GetProperty("authentication").GetProperty("scheme").GetString()));
        Assert.False(read.GetProperty("authentication").TryGetProperty("credentials", out _));
        Assert.Equal([id, "~own"], (await ListAsync(caller, task)).Result.GetProperty("configs").EnumerateArray().Select(c => c.GetProperty("id").GetString()!));
        (await GetAsync(caller, task, "never")).AssertError("TASK_NOT_FOUND", -32001, 404);
        foreach (var reply in (A2AReply[])[await GetAsync(other, task, id), await ListAsync(other, task), await DeleteAsync(other, task, id), await CreateAsync(other, task, "\"url\":\"https://a.example\"")])
        {
            reply.AssertError("TASK_NOT_FOUND", -32001, 404);
        }

        Assert.Equal("{}", (await DeleteAsync(caller, task, id)).Result.GetRawText());
        Assert.Equal("{}", (await DeleteAsync(caller, task, id)).Result.GetRawText());
        Assert.Single((await ListAsync(caller, task)).Result.GetProperty("configs").EnumerateArray());
        await caller.CancelAsync(Worker, task);
        (await CreateAsync(caller, task, "\"url\":\"https://a.example\"")).AssertError("UNSUPPORTED_OPERATION", -32004, 400);
    }

    [Theory]
    [InlineData("ftp://a.example/")]
    [InlineData("//a.example")]
    [InlineData("https://name:password@a.example/")]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://2130706433/")]
    [InlineData("http://0x7f.1/")]
    [InlineData("http://[::1]/")]
    [InlineData("http://[::ffff:10.0.0.1]/")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("http://192.168.1.1:8080/")]
    [InlineData("http://[fd00::1]/")]
    public async Task Config_WhoseUrlIsNotPostedTo_IsRefused(string url)
    {
        using var caller = new A2ACaller(host.Url);
        var task = await TaskTests.BeginAsync(caller, """{"ask":true}""");
        var reply = (await CreateAsync(caller, task, $"\"url\":{JsonSerializer.Serialize(url)}")).AssertPlain(-32602, 400);
        Assert.StartsWith("url: ", reply.Json.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"token\":\"a\\r\\nb\"")]
    [InlineData("\"authentication\":{\"scheme\":\"Bea rer\"}")]
    [InlineData("\"authentication\":{\"scheme\":\"Bearer\",\"credentials\":\"ö\"}")]
    public async Task Config_ThatNoHeaderCanShow_IsRefusedWithoutRepeatingIt(string member)
    {
        using var caller = new A2ACaller(host.Url);
        var task = await TaskTests.BeginAsync(caller, """{"ask":true}""");
        (await CreateAsync(caller, task, $"\"url\":\"https://a.example\",{member}")).AssertPlain(-32602, 400);
    }

    [Theory, MemberData(nameof(Bindings))]
    public async Task Message_WhoseConfigIsRefused_BeginsAndSaysNothing(string binding)
    {
        const string Config = """{"taskPushNotificationConfig":{"url":"http://127.0.0.1/"}}""";
        using var caller = new A2ACaller(host.Url, binding);
        var (id, context) = ($"refused-{binding}", Guid.NewGuid().ToString());
        (await caller.SendAsync(Worker, Message(Data("""{"steps":1}"""), context: context, skill: "work.steps", id: id, configuration: Config))).AssertPlain(-32602, 400);
        // Had it begun a task, that would be this one, of one step.
        var task = (await caller.SendAsync(Worker, Message(Data("""{"steps":2,"ask":true}"""), context: context, skill: "work.steps", id: id))).Result.GetProperty("task");
        Assert.Equal("TASK_STATE_INPUT_REQUIRED", task.GetProperty("status").GetProperty("state").GetString());

        var running = task.GetProperty("id").GetString()!;
        (await caller.SendAsync(Worker, Message(Text("yes"), running, configuration: Config))).AssertPlain(-32602, 400);
        Assert.Equal("TASK_STATE_INPUT_REQUIRED", (await caller.GetAsync(Worker, running)).Result.GetProperty("status").GetProperty("state").GetString());
    }

    [Fact]
    public async Task Events_OfATask_ArePostedInOrderAndAgainAfterAFailure()
    {
        using var caller = new A2ACaller(host.Url);
        // Of what is posted here, the first is answered with faults in passing.
        host.Posts.Answers.Enqueue(500);
        host.Posts.Answers.Enqueue(429);
        var config = $$"""{"returnImmediately":true,"taskPushNotificationConfig":{"url":"{{host.Posts.Url("retried")}}","token":"t-1","authentication":{"scheme":"Bearer","credentials":"secret"} } }""";
        var task = (await caller.SendAsync(Worker, Message(Data("""{"steps":3,"ms":1}"""), skill: "work.steps", configuration: config))).Result.GetProperty("task").GetProperty("id").GetString();
        var posts = new List<Post>();
        do
        {
            posts.Add(await host.Posts.NextAsync());
        }
        while (!posts[^1].Body.Contains("TASK_STATE_COMPLETED", StringComparison.Ordinal));

        Assert.Equal([500, 429, 200], posts.Take(3).Select(p => p.Status));
        Assert.Single(posts.Take(3).Select(p => p.Body).Distinct());
        Assert.All(posts, p => Assert.Equal(
            ("application/a2a+json", "Bearer secret", "t-1", "retried"), (p.Headers["Content-Type"], p.Headers["Authorization"], p.Headers["X-A2A-Notification-Token"], p.Path)));
        var events = posts.Skip(2).Select(p => JsonElement.Parse(p.Body)).ToList();
        Assert.All(events, e => Assert.Equal(task, Assert.Single(e.EnumerateObject()).Value.GetProperty("taskId").GetString()));
        Assert.Equal("1 2 3 ", string.Concat(events.Where(e => e.TryGetProperty("artifactUpdate", out _)).Select(e => e.GetProperty("artifactUpdate").GetProperty("artifact").GetProperty("parts")[0].GetProperty("text").GetString())));

        // A redirect is not followed, and the configuration is gone with the task.
        host.Posts.Answers.Enqueue(302);
        config = $$"""{"returnImmediately":true,"taskPushNotificationConfig":{"url":"{{host.Posts.Url("moved")}}"} }""";
        task = (await caller.SendAsync(Worker, Message(Data("""{"steps":1}"""), skill: "work.steps", configuration: config))).Result.GetProperty("task").GetProperty("id").GetString()!;
        var moved = new List<Post>();
        do
        {
            moved.Add(await host.Posts.NextAsync());
        }
        while (!moved[^1].Body.Contains("TASK_STATE_COMPLETED", StringComparison.Ordinal));
        Assert.Equal(302, moved[0].Status);
        Assert.All(moved, p => Assert.Equal("moved", p.Path));
        while ((await ListAsync(caller, task)).Result.GetProperty("configs").GetArrayLength() > 0)
        {
        }
    }

    private static Task<A2AReply> CreateAsync(A2ACaller caller, string task, string members) => caller.CallAsync(
        Worker, "CreateTaskPushNotificationConfig", HttpMethod.Post, $"/tasks/{task}/pushNotificationConfigs", $$"""{"taskId":"{{task}}",{{members}}}""");

    private static Task<A2AReply> GetAsync(A2ACaller caller, string task, string id) => caller.CallAsync(
        Worker, "GetTaskPushNotificationConfig", HttpMethod.Get, $"/tasks/{task}/pushNotificationConfigs/{id}", $$"""{"taskId":"{{task}}","id":"{{id}}"}""");

    private static Task<A2AReply> ListAsync(A2ACaller caller, string task) => caller.CallAsync(
        Worker, "ListTaskPushNotificationConfigs", HttpMethod.Get, $"/tasks/{task}/pushNotificationConfigs", $$"""{"taskId":"{{task}}"}""");

    private static Task<A2AReply> DeleteAsync(A2ACaller caller, string task, string id) => caller.CallAsync(
        Worker, "DeleteTaskPushNotificationConfig", HttpMethod.Delete, $"/tasks/{task}/pushNotificationConfigs/{id}", $$"""{"taskId":"{{task}}","id":"{{id}}"}""");
}
