using OrleansAgents.Tests.Hosting;

namespace OrleansAgents.Tests.Endpoints;

/// <summary>What each endpoint says of what it cannot take.</summary>
public sealed class BadRequestTests(SiloProcess silo) : IDisposable
{
    private const string Ask = "/agents/counter/bad/ask/counter.add", Tell = "/agents/counter/bad/tell/counter.add", Publish = "/topics/bad/events/order.placed";

    private readonly HttpCaller _http = new(silo);

    public void Dispose() => _http.Dispose();

    [Theory]
    [InlineData(Ask)]
    [InlineData(Tell)]
    [InlineData(Publish)]
    public async Task Payload_ThatIsNone_IsRefusedWithItsPlace(string path)
    {
        (await _http.PostAsync(path, """{"amount":2}""", "text/plain")).AssertProblem(415, "unsupported-media-type");
        (await _http.PostAsync(path, $$"""{"text":"{{new string('x', 300_000)}}"}""")).AssertProblem(413, "too-large");
        foreach (var body in (string[])["", "{", "{\"a\":}", "{},\"sender\":\"client/other\",\"x\":{}", "{}}", "\"a\" /**/"])
        {
            Assert.Equal("/payload", (await _http.PostAsync(path, body)).AssertProblem(400, "malformed-json").Json.GetProperty("problems")[0].GetProperty("pointer").GetString());
        }

        (await _http.PostAsync(path, "[1]")).AssertProblem(400, "wrong-kind");
        (await _http.PostAsync(path, new string('[', 200))).AssertProblem(400, "too-deep");
        (await _http.PostAsync(path, "{}", headers: ("Agents-Message-Id", "17"))).AssertProblem(400, "bad-id");
        (await _http.PostAsync(path, "{}", headers: ("Agents-Timeout", "soon"))).AssertProblem(400, "bad-parameter");
        (await _http.PostAsync(path, "{}", headers: ("Agents-Timeout", "86400"))).AssertProblem(400, "bad-parameter");
        (await _http.PostAsync(path, "{}", headers: ("Agents-Conversation-Id", new string('c', 2000)))).AssertProblem(413, "too-large");
        (await _http.PostAsync(path + "?version=0", "{}")).AssertProblem(400, "bad-version");
        (await _http.PostAsync(path + "?version=1&version=2", "{}")).AssertProblem(400, "bad-version");
    }

    [Theory]
    [InlineData("/agents/nothing/a/ask/counter.add", 404, "unknown-kind")]
    [InlineData("/agents/Counter/a/ask/counter.add", 400, "bad-address")]
    [InlineData("/agents/counter/a%00b/ask/counter.add", 400, null)]
    [InlineData("/agents/counter/a%FFb/ask/counter.add", 400, "bad-address")]
    [InlineData("/agents/counter/%E2%80%AE/tell/counter.add", 400, "bad-address")]
    [InlineData("/agents/counter/a/ask/Counter.Add", 400, "bad-type")]
    [InlineData("/agents/counter/a/ask/counter.nothing", 422, "unknown-contract")]
    [InlineData("/agents/counter/a/ask/counter.add?version=9", 422, "unknown-version")]
    [InlineData("/agents/counter/a/shout/counter.add", 404, "not-found")]
    [InlineData("/agents/counter/a/b/ask/counter.add", 404, "not-found")]
    [InlineData("/topics/a%20b/events/order.placed", 400, "bad-address")]
    [InlineData("/topics/a/events/topic.nothing", 422, "unknown-contract")]
    [InlineData("/topics/a/b/events/order.placed", 404, "not-found")]
    [InlineData("/directory", 405, "method-not-allowed")]
    public async Task Path_ThatLeadsNowhere_IsAProblem(string path, int status, string? code)
    {
        var answer = await _http.PostAsync(path, """{"amount":1}""");
        Assert.Equal(status, answer.Status);
        if (code is not null)
        {
            answer.AssertProblem(status, code);
        }
    }

    [Fact]
    public async Task Payload_ThatDoesNotFitTheContract_NamesEachMember() =>
        Assert.NotEmpty((await _http.PostAsync(Ask, """{"amount":"two"}""")).AssertProblem(422, "invalid-payload").Json.GetProperty("problems").EnumerateArray());

    [Theory]
    [InlineData("GET", Ask, "POST")]
    [InlineData("DELETE", "/agents", "GET")]
    [InlineData("PUT", "/agents/counter", "GET")]
    [InlineData("PATCH", "/topics/a/events", "GET")]
    [InlineData("GET", "/topics/a", "POST")]
    [InlineData("PUT", "/dead-letters", "GET")]
    [InlineData("POST", "/dead-letters/0198d2f0-3c5e-8000-9a1b-2c3d4e000001", "GET, DELETE")]
    public async Task Method_OfAnother_IsToldWhichThereAre(string method, string path, string allowed) =>
        Assert.Equal(allowed, (await _http.SendAsync(new HttpMethod(method), path)).AssertProblem(405, "method-not-allowed").Headers["Allow"].Replace(",", ", ", StringComparison.Ordinal).Replace("  ", " ", StringComparison.Ordinal));

    [Theory]
    [InlineData("POST", Ask)]
    [InlineData("POST", Tell)]
    [InlineData("POST", Publish)]
    [InlineData("POST", "/topics/bad")]
    [InlineData("GET", "/topics/bad/events")]
    [InlineData("GET", "/agents")]
    [InlineData("GET", "/agents/counter")]
    [InlineData("GET", "/directory?capability=count")]
    public async Task Caller_WithoutAKeyOrWithAWrongOne_IsNotLetIn(string method, string path)
    {
        foreach (var key in (string?[])[null, "a-key-of-nobody"])
        {
            using var http = new HttpCaller(silo, key);
            var answer = await http.SendAsync(new HttpMethod(method), path);
            Assert.Equal("Bearer", answer.AssertProblem(401, "unauthenticated").Headers["WWW-Authenticate"]);
        }
    }

    [Fact]
    public async Task Caller_FasterThanItsRate_IsToldWhenToComeAgain()
    {
        using var slow = new HttpCaller(silo, SiloProcess.SlowKey);
        var answers = new List<HttpAnswer>();
        while (answers.Count < 20 && !answers.Exists(a => a.Status == 429))
        {
            answers.Add(await slow.GetAsync("/agents/counter"));
        }

        Assert.Equal("1", answers[^1].AssertProblem(429, "rate-limited").Headers["Retry-After"]);
        using var batch = new StringContent("[" + string.Join(',', Enumerable.Range(0, 3).Select(i => $$"""{"specversion":"1.0","id":"{{i}}","source":"/x","type":"a.b"}""")) + "]");
        batch.Headers.ContentType = new("application/cloudevents-batch+json");
        var large = await slow.SendAsync(HttpMethod.Post, "/topics/slow", batch);
        Assert.Contains(large.Text("code"), (string[])["rate-limited", "too-large"]);
    }

    [Theory]
    [InlineData("?from=yesterday")]
    [InlineData("?from=2026")]
    [InlineData("?after=x")]
    [InlineData("?after=-1")]
    [InlineData("?after=1&from=now")]
    [InlineData("?format=xml")]
    public async Task Events_FromNoPlace_AreRefused(string query) => (await _http.GetAsync("/topics/bad/events" + query)).AssertProblem(400, "bad-parameter");

    [Theory]
    [InlineData("/directory")]
    [InlineData("/directory?capability=NOT")]
    [InlineData("/directory?capability=count&limit=x")]
    [InlineData("/directory?capability=count&limit=0")]
    [InlineData("/directory?capability=count&after=x")]
    [InlineData("/dead-letters?limit=0")]
    public async Task Parameter_ThatIsNone_IsRefused(string path) => (await _http.GetAsync(path)).AssertProblem(400, "bad-parameter");
}
