using System.Text.RegularExpressions;
using OrleansAgents.Tests.Hosting;

namespace OrleansAgents.Tests.Endpoints;

/// <summary>What callers and operators can look up.</summary>
public sealed class DirectoryTests(SiloProcess silo) : IDisposable
{
    private readonly HttpCaller _http = new(silo);

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task Kinds_OfTheCluster_AreListedWithTheirContracts()
    {
        var kinds = (await _http.GetAsync("/agents")).Json.GetProperty("kinds").EnumerateArray().ToList();
        var counter = Assert.Single(kinds, k => k.GetProperty("kind").GetString() == "counter");
        Assert.Equal(["counter.add", "counter.read"], counter.GetProperty("contracts").EnumerateArray().Select(c => c.GetProperty("type").GetString()));
        Assert.Equal(["count"], counter.GetProperty("capabilities").EnumerateArray().Select(c => c.GetString()));
    }

    [Fact]
    public async Task Kind_Shown_HasTheSchemasOfItsContracts()
    {
        var add = (await _http.GetAsync("/agents/counter")).Json.GetProperty("contracts")[0];
        Assert.Equal("integer", add.GetProperty("payload").GetProperty("properties").GetProperty("amount").GetProperty("type").GetString());
        Assert.Equal("integer", add.GetProperty("reply").GetProperty("properties").GetProperty("value").GetProperty("type").GetString());
        (await _http.GetAsync("/agents/nothing")).AssertProblem(404, "unknown-kind");
    }

    [Fact]
    public async Task Directory_ByCapabilityAndTag_FindsKinds()
    {
        var found = (await _http.GetAsync("/directory?capability=count&tag=demo")).Json;
        Assert.Equal("counter", Assert.Single(found.GetProperty("kinds").EnumerateArray()).GetProperty("kind").GetString());
        Assert.Empty(found.GetProperty("missing").EnumerateArray());
        Assert.Empty((await _http.GetAsync("/directory?capability=count&tag=other")).Json.GetProperty("kinds").EnumerateArray());
    }

    [Fact]
    public async Task DeadLetter_ByHttp_IsListedShownReplayedAndDropped()
    {
        await _http.PostAsync("/agents/relay/http-lost/tell/relay.send", """{"to":"chaos/http-lost","type":"chaos.refuse","payload":{"code":"chaos.no","message":"Not today."}}""");
        using var operators = new HttpCaller(silo, key: null);
        var letter = await ListedAsync(operators, except: null);
        var shown = (await operators.GetAsync($"/dead-letters/{letter}")).Json;
        Assert.Equal("Not today.", shown.GetProperty("envelope").GetProperty("payload").GetProperty("message").GetString());

        foreach (var (header, value) in ((string, string)[])[("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site")])
        {
            (await operators.SendAsync(HttpMethod.Post, $"/dead-letters/{letter}/replay", headers: (header, value))).AssertProblem(403, "not-allowed");
        }

        var replayed = await operators.SendAsync(HttpMethod.Post, $"/dead-letters/{letter}/replay");
        Assert.Equal($$"""{"id":"{{letter}}","outcome":"replayed"}""", replayed.Body);
        var again = await ListedAsync(operators, letter);
        Assert.Equal("dropped", (await operators.SendAsync(HttpMethod.Delete, $"/dead-letters/{again}")).Text("outcome"));
        (await operators.SendAsync(HttpMethod.Delete, $"/dead-letters/{again}")).AssertProblem(404, "dead-letter.unknown");
        (await operators.GetAsync($"/dead-letters/{again}")).AssertProblem(404, "dead-letter.unknown");
        (await operators.GetAsync("/dead-letters/17")).AssertProblem(400, "bad-id");
    }

    [Fact]
    public async Task Description_OfTheInterface_HasTheContractsForCallersOnly()
    {
        var known = (await _http.GetAsync("/openapi/v1.json")).Json;
        var ask = known.GetProperty("paths").GetProperty("/agents/counter/{key}/ask/counter.add").GetProperty("post");
        var reference = ask.GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("schema").GetProperty("$ref").GetString()!;
        var schema = reference.Split('/')[1..].Aggregate(known, (node, step) => node.GetProperty(step));
        Assert.Equal("integer", schema.GetProperty("properties").GetProperty("amount").GetProperty("type").GetString());
        AssertReferences(known.GetRawText(), known);

        using var nobody = new HttpCaller(silo, key: null);
        var paths = (await nobody.GetAsync("/openapi/v1.json")).Json.GetProperty("paths");
        Assert.True(paths.TryGetProperty("/topics/{name}/events", out _));
        Assert.False(paths.TryGetProperty("/agents/counter/{key}/ask/counter.add", out _));
        using var wrong = new HttpCaller(silo, "a-key-of-nobody");
        (await wrong.GetAsync("/openapi/v1.json")).AssertProblem(401, "unauthenticated");
    }

    [Fact]
    public async Task Page_OfTheInterface_LoadsNothingFromElsewhere()
    {
        var page = await _http.GetAsync("/docs/");
        Assert.Equal((200, "text/html"), (page.Status, page.Type));
        Assert.DoesNotContain("https://", page.Body, StringComparison.Ordinal);
        Assert.Contains("connect-src 'self'", page.Headers["Content-Security-Policy"], StringComparison.Ordinal);
        var scripts = Regex.Matches(page.Body, "src=\"(?<file>[^\"]+)\"", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5));
        Assert.NotEmpty(scripts);
        foreach (var file in scripts.Select(match => match.Groups["file"].Value))
        {
            Assert.Equal(200, (await _http.GetAsync("/docs/" + file)).Status);
        }
    }

    private static void AssertReferences(string text, System.Text.Json.JsonElement document)
    {
        foreach (var reference in Regex.Matches(text, "\"\\$ref\":\"#/(?<path>[^\"]+)\"", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5)).Select(match => match.Groups["path"].Value))
        {
            var node = document;
            foreach (var step in reference.Split('/'))
            {
                node = int.TryParse(step, out var place) && node.ValueKind == System.Text.Json.JsonValueKind.Array ? node[place]
                    : node.TryGetProperty(step, out var next) ? next
                    : throw new Xunit.Sdk.XunitException($"{reference} leads nowhere.");
            }
        }
    }

    /// <summary>A message is given up on after the turn that sent it, so the letters are listed until it shows.</summary>
    private static async Task<string> ListedAsync(HttpCaller operators, string? except)
    {
        while (true)
        {
            var page = (await operators.GetAsync("/dead-letters?recipient=chaos/http-lost&code=chaos.no")).Json;
            if (page.GetProperty("letters").EnumerateArray().Select(l => l.GetProperty("id").GetString()!).FirstOrDefault(id => id != except) is { } found)
            {
                return found;
            }
        }
    }
}
