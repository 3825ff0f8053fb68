using System.Net;
using OrleansAgents.Tests.Hosting;

namespace OrleansAgents.Tests.Endpoints;

/// <summary>Reading a topic by server-sent events.</summary>
public sealed class EventStreamTests(SiloProcess silo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stream_FromNow_BringsWhatIsPublishedOnceItIsOpen()
    {
        using var http = new HttpCaller(silo);
        await PublishAsync(http, "sse%2Fnow", "before");
        using var events = await http.ReadAsync("/topics/sse%2Fnow/events");
        Assert.Equal((HttpStatusCode.OK, "text/event-stream", "no-store"),
            (events.Response.StatusCode, events.Response.Content.Headers.ContentType?.MediaType, events.Response.Headers.CacheControl?.ToString()));
        await PublishAsync(http, "sse%2Fnow", "after");
        var first = await events.NextAsync();
        Assert.Equal(("2", "after"), (first?.Id, first?.Data.GetProperty("data").GetProperty("text").GetString()));
    }

    [Fact]
    public async Task Stream_ThatComesBack_GoesOnBehindTheLastEvent()
    {
        using var http = new HttpCaller(silo);
        foreach (var text in (string[])["1", "2", "3"])
        {
            await PublishAsync(http, "sse%2Fresume", text);
        }

        Assert.Equal(["1", "2", "3"], await ReadAsync(http, "/topics/sse%2Fresume/events?from=beginning", 3));
        Assert.Equal(["1", "2", "3"], await ReadAsync(http, "/topics/sse%2Fresume/events?from=2026-01-31T12:00:00Z", 3));
        Assert.Equal(["2", "3"], await ReadAsync(http, "/topics/sse%2Fresume/events?after=1", 2));
        // A browser comes back with the address that it had, and with the header.
        Assert.Equal(["3"], await ReadAsync(http, "/topics/sse%2Fresume/events?after=0", 1, ("Last-Event-ID", "2")));
    }

    [Fact]
    public async Task Stream_OfASiloThatIsKilledAndStartedAgain_MissesNothing()
    {
        await using var own = new SiloProcess();
        await own.InitializeAsync();
        using var http = new HttpCaller(own);
        await PublishAsync(http, "sse%2Fcrash", "1");
        string last;
        using (var events = await http.ReadAsync("/topics/sse%2Fcrash/events?from=beginning"))
        {
            last = (await events.NextAsync())!.Value.Id!;
            await own.KillAsync();
            await Assert.ThrowsAnyAsync<IOException>(events.NextAsync);
        }

        await own.RestartAsync();
        await PublishAsync(http, "sse%2Fcrash", "2");
        using var again = await http.ReadAsync("/topics/sse%2Fcrash/events?from=beginning", ("Last-Event-ID", last));
        Assert.Equal("2", (await again.NextAsync())?.Data.GetProperty("data").GetProperty("text").GetString());

        // A silo that is told to stop ends the answer as it should be ended.
        own.Program.Terminate();
        Assert.Null(await again.NextAsync());
        Assert.Equal(0, await own.Program.ExitAsync(Token));
    }

    [Fact]
    public async Task Stream_OfATopicThatTheCallerMayNotRead_IsRefusedInItsName()
    {
        await using var own = new SiloProcess
        {
            Settings =
            [
                "--Agents:Profile", "Memory", "--Agents:Http:Heartbeat", "00:00:00.05", "--Agents:Http:Streams", "1",
                "--Agents:Access:Rules:0:From", "client/shop", "--Agents:Access:Rules:0:Subscribe", "open/**",
                "--Agents:Access:Rules:1:From", "client/shop", "--Agents:Access:Rules:1:Publish", "*",
            ],
        };
        await own.InitializeAsync();
        using var http = new HttpCaller(own);
        using var slow = new HttpCaller(own, SiloProcess.SlowKey);
        (await http.GetAsync("/topics/closed%2Fa/events")).AssertProblem(403, "not-allowed");
        (await slow.GetAsync("/topics/open%2Fa/events")).AssertProblem(403, "not-allowed");
        (await slow.PostAsync("/topics/open%2Fa/events/note", "{}")).AssertProblem(403, "not-allowed");
        (await http.PostAsync("/agents/counter/a/ask/counter.read", "{}")).AssertProblem(403, "not-allowed");
        using (var events = await http.ReadAsync("/topics/open%2Fa/events"))
        {
            // The first comment is the beginning, and the next ones are the heartbeat.
            for (var comments = 0; comments < 3; comments += await events.NextLineAsync() == ":" ? 1 : 0)
            {
            }

            Assert.Equal("1", (await http.GetAsync("/topics/open%2Fa/events")).AssertProblem(503, "too-many-streams").Headers["Retry-After"]);
            await PublishAsync(http, "open%2Fa", "here");
            Assert.Equal("here", (await events.NextAsync())?.Data.GetProperty("data").GetProperty("text").GetString());
        }

        // The place of a reader that left is free again, as soon as the silo has noticed.
        while (true)
        {
            using var next = await http.ReadAsync("/topics/open%2Fa/events");
            if (next.Response.StatusCode == HttpStatusCode.OK)
            {
                break;
            }

            Assert.Equal(HttpStatusCode.ServiceUnavailable, next.Response.StatusCode);
        }
    }

    private static async Task PublishAsync(HttpCaller http, string topic, string text) =>
        Assert.Equal("accepted", (await http.PostAsync($"/topics/{topic}/events/note", $$"""{"text":"{{text}}"}""")).Text("outcome"));

    private static async Task<List<string?>> ReadAsync(HttpCaller http, string path, int count, params (string, string)[] headers)
    {
        using var events = await http.ReadAsync(path, headers);
        var read = new List<string?>();
        while (read.Count < count && await events.NextAsync() is { } one)
        {
            read.Add(one.Data.GetProperty("data").GetProperty("text").GetString());
        }

        return read;
    }
}
