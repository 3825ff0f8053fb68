using System.Text;
using System.Text.Json;
using OrleansAgents.Tests.Hosting;

namespace OrleansAgents.Tests.Endpoints;

/// <summary>Runs, as a program outside has them.</summary>
public sealed class RunEndpointTests(SiloProcess silo) : IDisposable
{
    private const string Worker = "/agents/worker/http/run/work.steps";

    private readonly HttpCaller _http = new(silo);

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task Run_StartedAndFollowed_IsReadToItsEndFromAnyPlace()
    {
        var run = await StartAsync("""{"steps":5}""");
        var text = new StringBuilder();
        var places = new List<string?>();
        using (var events = await _http.ReadAsync($"{run}/events"))
        {
            while (await events.NextAsync() is { } one)
            {
                places.Add(one.Id);
                text.Append(Text(one.Data));
            }
        }

        Assert.Equal(Enumerable.Range(1, places.Count).Select(i => $"{i}"), places);
        var read = (await _http.GetAsync(run)).Json;
        Assert.Equal(("completed", "1 2 3 4 5 ", "client/shop"), (read.GetProperty("state").GetString(), text.ToString(), read.GetProperty("owner").GetString()));
        Assert.Equal("5 steps done.", read.GetProperty("message").GetProperty("parts")[0].GetProperty("text").GetString());
        using var rest = await _http.ReadAsync($"{run}/events", ("Last-Event-ID", places[^2]!));
        Assert.Equal(places[^1], (await rest.NextAsync())?.Id);
        Assert.Null(await rest.NextAsync());
    }

    [Fact]
    public async Task Run_OfAnOrdinaryContract_HasItsAnswer()
    {
        var run = await StartAsync("""{"amount":2}""", "/agents/counter/http-run/run/counter.add");
        using (var events = await _http.ReadAsync($"{run}/events"))
        {
            while (await events.NextAsync() is not null)
            {
            }
        }

        Assert.Equal(2, (await _http.GetAsync(run)).Json.GetProperty("artifacts")[0].GetProperty("parts")[0].GetProperty("data").GetProperty("value").GetInt32());
    }

    [Fact]
    public async Task Run_ThatAsks_GoesOnWithWhatIsSaidAndIsListed()
    {
        var run = await StartAsync("""{"ask":true}""", Worker, ("Agents-Conversation-Id", "http-talk"));
        using var events = await _http.ReadAsync($"{run}/events");
        while ((await events.NextAsync())!.Value.Data.GetProperty("state").GetString() != "inputRequired")
        {
        }

        Assert.Equal("working", (await _http.PostAsync($"{run}/say", """{"parts":[{"text":"yes"}]}""")).Text("state"));
        while (await events.NextAsync() is not null)
        {
        }

        // The list is told after the run's own commit.
        JsonElement list;
        do
        {
            list = (await _http.GetAsync("/runs?conversation=http-talk&agent=worker%2Fhttp&limit=5")).Json;
        }
        while (list.GetProperty("runs")[0].GetProperty("state").GetString() != "completed");
        Assert.Equal((run, 1), ($"/runs/{list.GetProperty("runs")[0].GetProperty("run").GetString()}", list.GetProperty("total").GetInt32()));
        Assert.Equal(0, (await _http.GetAsync("/runs?conversation=http-talk&state=failed")).Json.GetProperty("total").GetInt32());
        (await _http.PostAsync($"{run}/say", """{"parts":[{"text":"more"}]}""")).AssertProblem(409, "run.final");
    }

    [Fact]
    public async Task Run_Cancelled_EndsItsStream()
    {
        var run = await StartAsync("""{"steps":1000,"ms":1000}""");
        using var events = await _http.ReadAsync($"{run}/events");
        Assert.Equal("cancelled", (await _http.PostAsync($"{run}/cancel", "")).Text("state"));
        var last = "";
        while (await events.NextAsync() is { } one)
        {
            last = one.Data.GetProperty("state").GetString();
        }

        Assert.Equal("cancelled", last);
        Assert.Equal(200, (await _http.PostAsync($"{run}/cancel", "")).Status);
    }

    [Fact]
    public async Task Run_StartedTwiceUnderOneMessageId_IsOne()
    {
        var id = ("Agents-Message-Id", Guid.CreateVersion7().ToString());
        var (first, second) = (await _http.PostAsync(Worker, "{}", headers: id), await _http.PostAsync(Worker, "{}", headers: id));
        Assert.Equal((202, 202, "true"), (first.Status, second.Status, second.Headers["Agents-Duplicate"]));
        Assert.Equal((first.Headers["Location"], first.Text("run")), (second.Headers["Location"], second.Text("run")));
    }

    [Fact]
    public async Task Run_OfSomebodyElse_IsNotThere()
    {
        var run = await StartAsync("""{"ask":true}""");
        using var other = new HttpCaller(silo, SiloProcess.SlowKey);
        (await LetInAsync(() => other.GetAsync(run))).AssertProblem(404, "run.unknown");
        (await LetInAsync(() => other.GetAsync($"{run}/events"))).AssertProblem(404, "run.unknown");
        (await LetInAsync(() => other.PostAsync($"{run}/cancel", ""))).AssertProblem(404, "run.unknown");
        (await LetInAsync(() => other.PostAsync($"{run}/say", """{"parts":[{"text":"x"}]}"""))).AssertProblem(404, "run.unknown");
        using var nobody = new HttpCaller(silo, "wrong");
        (await nobody.GetAsync(run)).AssertProblem(401, "unauthenticated");
        Assert.Equal("cancelled", (await _http.PostAsync($"{run}/cancel", "")).Text("state"));
    }

    [Fact]
    public async Task Request_ThatMakesNoSense_IsAProblem()
    {
        (await _http.GetAsync("/runs/never")).AssertProblem(404, "run.unknown");
        (await _http.GetAsync("/runs/never/events?after=x")).AssertProblem(400, "bad-parameter");
        (await _http.GetAsync("/runs?state=busy")).AssertProblem(400, "bad-parameter");
        (await _http.GetAsync("/runs?since=then")).AssertProblem(400, "bad-parameter");
        (await _http.GetAsync("/runs?limit=0")).AssertProblem(422, "invalid-payload");
        (await _http.GetAsync("/runs/a/b")).AssertProblem(404, "not-found");
        (await _http.PostAsync("/runs", "{}")).AssertProblem(405, "method-not-allowed");
        (await _http.PostAsync(Worker + "?within=soon", "{}")).AssertProblem(400, "bad-parameter");
        (await _http.PostAsync(Worker, "[]")).AssertProblem(400, "wrong-kind");
        (await _http.PostAsync(Worker, "{}", "text/plain")).AssertProblem(415, "unsupported-media-type");
        (await _http.PostAsync("/runs/never/say", "{", "application/json")).AssertProblem(400, "malformed-json");
        var refused = await StartAsync("""{"steps":0}""");
        using var events = await _http.ReadAsync($"{refused}/events");
        while (await events.NextAsync() is not null)
        {
        }

        var read = (await _http.GetAsync(refused)).Json;
        Assert.Equal(("rejected", "invalid-payload"), (read.GetProperty("state").GetString(), read.GetProperty("code").GetString()));
    }

    /// <summary>Of the one that is let in once a second, the request that is.</summary>
    private static async Task<HttpAnswer> LetInAsync(Func<Task<HttpAnswer>> ask)
    {
        HttpAnswer answer;
        do
        {
            answer = await ask();
        }
        while (answer.Status == 429);
        return answer;
    }

    private async Task<string> StartAsync(string body, string path = Worker, params (string Name, string Value)[] headers)
    {
        var answer = await _http.PostAsync(path, body, headers: headers);
        Assert.True(answer.Status == 202, answer.Body);
        Assert.Equal("submitted", answer.Text("state"));
        return answer.Headers["Location"];
    }

    private static string? Text(JsonElement one) => one.GetProperty("artifact") is { ValueKind: JsonValueKind.Object } artifact
        ? string.Concat(artifact.GetProperty("parts").EnumerateArray().Select(part => part.GetProperty("text").GetString()))
        : null;
}
