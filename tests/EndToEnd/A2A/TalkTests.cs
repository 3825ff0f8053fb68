using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using OrleansAgents.Tests.Endpoints;
using OrleansAgents.Tests.Hosting;
using OrleansAgents.Tests.Models;

namespace OrleansAgents.Tests.A2A;

/// <summary>The agent that talks, called by A2A, with a model that speaks word by word.</summary>
public sealed class TalkTests
{
    private static readonly (string Name, string Value) Version = ("A2A-Version", "1.0");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stream_CutWhileTheModelSpeaks_IsResumedWithNoWordLostOrDoubled(bool isRpc)
    {
        await using var model = await LocalModelServer.StartAsync(Token);
        model.Script(ModelSteps.Stall("Once ", "upon "), ModelSteps.Say("Once ", "upon ", "a ", "time."));
        await using var silo = new SiloProcess
        {
            Settings = ["--Agents:Models:default:Provider", "openai", "--Agents:Models:default:Model", "local", "--Agents:Models:default:Endpoint", model.OpenAi.ToString()],
        };
        await silo.InitializeAsync();
        var talk = new Talk();
        using (var http = new HttpCaller(silo))
        using (var events = await SendAsync(http, isRpc))
        {
            // Words come while the model has more to say, and the stream begins with the task.
            while (talk.Text != "Once upon ")
            {
                talk.Take(await events.NextAsync() ?? throw new InvalidOperationException($"The stream ended behind '{talk.Text}'."), isRpc);
            }
        }

        Assert.Equal("task", talk.First);
        await silo.KillAsync();
        await silo.RestartAsync();
        using (var http = new HttpCaller(silo))
        using (var rest = await SubscribeAsync(http, talk, isRpc))
        {
            while (await rest.NextAsync() is { } one)
            {
                talk.Take(one, isRpc);
            }

            Assert.Equal(("Once upon a time.", "TASK_STATE_COMPLETED"), (talk.Text, talk.State));
            var task = (await http.SendAsync(HttpMethod.Get, $"/a2a/assistant/tasks/{talk.Task}", null, Version)).Json;
            Assert.Equal("Once upon a time.", Assert.Single(task.GetProperty("artifacts").EnumerateArray()).GetProperty("parts")[0].GetProperty("text").GetString());
        }

        Assert.Equal(2, model.Requests.Count);
    }

    private static Task<HttpEvents> SendAsync(HttpCaller http, bool isRpc)
    {
        const string Parameters = """{"message":{"messageId":"once","role":"ROLE_USER","parts":[{"text":"Tell me a story."}]}}""";
        return isRpc ? CallAsync(http, "SendStreamingMessage", Parameters) : http.OpenAsync(HttpMethod.Post, "/a2a/assistant/message:stream", Json(Parameters), Version);
    }

    private static Task<HttpEvents> SubscribeAsync(HttpCaller http, Talk talk, bool isRpc)
    {
        var last = ("Last-Event-ID", talk.LastId!);
        return isRpc
            ? CallAsync(http, "SubscribeToTask", $$"""{"id":"{{talk.Task}}"}""", last)
            : http.OpenAsync(HttpMethod.Post, $"/a2a/assistant/tasks/{talk.Task}:subscribe", content: null, Version, last);
    }

    private static Task<HttpEvents> CallAsync(HttpCaller http, string method, string parameters, params (string Name, string Value)[] headers) =>
        http.OpenAsync(HttpMethod.Post, "/a2a/assistant", Json($$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}","params":{{parameters}}}"""), [Version, .. headers]);

    private static ByteArrayContent Json(string json) => new(Encoding.UTF8.GetBytes(json)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    /// <summary>What the events of a task came to.</summary>
    private sealed class Talk
    {
        public string? First { get; private set; }

        public string Task { get; private set; } = "";

        public string State { get; private set; } = "";

        public string Text { get; private set; } = "";

        public string? LastId { get; private set; }

        public void Take((string? Id, string? Name, JsonElement Data) one, bool isRpc)
        {
            var happened = Assert.Single((isRpc ? one.Data.GetProperty("result") : one.Data).EnumerateObject());
            First ??= happened.Name;
            LastId = one.Id;
            Task = happened.Name == "task" ? happened.Value.GetProperty("id").GetString()! : Task;
            State = happened.Value.TryGetProperty("status", out var status) ? status.GetProperty("state").GetString()! : State;
            if (happened.Name == "artifactUpdate")
            {
                var isMore = happened.Value.TryGetProperty("append", out var append) && append.GetBoolean();
                Text = (isMore ? Text : "") + happened.Value.GetProperty("artifact").GetProperty("parts")[0].GetProperty("text").GetString();
            }
        }
    }
}
