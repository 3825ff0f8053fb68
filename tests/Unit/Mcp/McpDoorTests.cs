using System.Net;
using System.Text.Json;
using OrleansAgents.Messaging;
using Xunit;

namespace OrleansAgents.Tests.Mcp;

/// <summary>What comes by the door of tools comes by no other way than all that comes by HTTP.</summary>
public sealed class McpDoorTests
{
    private const string List = """{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}""";

    private static Task<McpHost> StartAsync(params string[] settings) => McpHost.StartAsync([typeof(QuoterAgent)], settings);

    [Fact]
    public async Task Request_WithAWrongKeyOrNone_IsToldHowToComeIn()
    {
        await using var host = await StartAsync();
        foreach (var key in (string?[])[null, "wrong"])
        {
            var (status, body, headers) = await host.PostAsync(List, key);
            Assert.Equal((HttpStatusCode.Unauthorized, "Bearer"), (status, headers.WwwAuthenticate.ToString()));
            Assert.DoesNotContain("quoter", body, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.OK, (await host.PostAsync(List)).Status);
    }

    [Fact]
    public async Task Request_WithoutAKeyWhereNoneIsNeeded_IsOfNobodyInParticular()
    {
        await using var host = await StartAsync("Agents:Http:Anonymous=true");
        var (status, body, _) = await host.PostAsync("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"quoter__quote_count","arguments":{"agent":"a"}}}""", key: null);
        Assert.True(status == HttpStatusCode.OK, body);
        Assert.Equal("client/http", Assert.Single(host.Sent.Messages).Envelope.Sender.ToString());
    }

    [Theory]
    [InlineData("http://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("http://127.0.0.1", HttpStatusCode.Forbidden)]
    [InlineData("null", HttpStatusCode.Forbidden)]
    [InlineData("https://tools.example.evil.example", HttpStatusCode.Forbidden)]
    [InlineData("https://tools.example", HttpStatusCode.OK)]
    public async Task Request_OfAPage_IsServedWhereItsOriginIsListed(string origin, HttpStatusCode expected)
    {
        await using var host = await StartAsync("Agents:Mcp:Origins:0=https://tools.example");
        var (status, body, _) = await host.PostAsync(List, headers: ("Origin", origin));
        Assert.Equal(expected, status);
        Assert.Equal(expected == HttpStatusCode.Forbidden, body.Contains("origin-not-allowed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Request_TooLargeOrOfAnotherType_IsRefused()
    {
        await using var host = await StartAsync();
        var large = await host.PostAsync(List.Replace("{}", $"\"{new string('x', new MessageLimits().MessageBytes)}\"", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.Status);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await host.PostAsync(List, type: "text/plain")).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("{}")]
    [InlineData("""{"jsonrpc":"2.0","id":null,"method":"tools/list"}""")]
    [InlineData("""{"jsonrpc":"2.0","method":7}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"\ud800"}""")]
    public async Task Request_ThatIsNoMessage_IsRefusedByTheProtocol(string body)
    {
        await using var host = await StartAsync();
        var (status, answer, _) = await host.PostAsync(body);
        Assert.True(status == HttpStatusCode.BadRequest, $"{status}: {answer}");
        Assert.DoesNotContain("   at ", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("DELETE")]
    [InlineData("PUT")]
    public async Task Request_ByAnotherMethod_IsToldWhichIsTaken(string method)
    {
        await using var host = await StartAsync();
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await host.PostAsync("", method: new HttpMethod(method))).Status);
    }

    [Fact]
    public async Task Text_WithHalfOfASurrogatePair_IsMalformed()
    {
        await using var host = await StartAsync();
        var (status, body, _) = await host.PostAsync("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":{"a":["\ud800"]}}}""");
        Assert.Equal((HttpStatusCode.BadRequest, "malformed-json"), (status, JsonElement.Parse(body).GetProperty("code").GetString()));
        Assert.Equal(HttpStatusCode.OK, (await host.PostAsync("""{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"a":"\ud83d\ude00"}}}""")).Status);
    }

    [Fact]
    public async Task Requests_FasterThanTheRate_AreRefusedWithAdvice()
    {
        await using var host = await StartAsync("Agents:Http:Keys:0:Rate:PerSecond=1", "Agents:Http:Keys:0:Rate:Burst=2");
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 12; i++)
        {
            answers.Add((await host.PostAsync(List)).Status);
        }

        Assert.Contains(HttpStatusCode.TooManyRequests, answers);
        Assert.Equal(HttpStatusCode.OK, answers[0]);
    }

    [Fact]
    public async Task Session_IsATextThatNobodyKeeps()
    {
        await using var host = await StartAsync();
        const string Begin = """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}""";
        var (_, _, headers) = await host.PostAsync(Begin);
        var session = Assert.Single(headers.GetValues("Mcp-Session-Id"));
        Assert.NotEqual(session, Assert.Single((await host.PostAsync(Begin)).Headers.GetValues("Mcp-Session-Id")));
        // Another silo, or this one after its end, would know as little of it.
        foreach (var shown in (string[])[session, "made-up"])
        {
            Assert.Equal(HttpStatusCode.OK, (await host.PostAsync(List, headers: ("Mcp-Session-Id", shown))).Status);
        }

        Assert.Equal(HttpStatusCode.BadRequest, (await host.PostAsync(List, headers: ("Mcp-Session-Id", new string('x', 200)))).Status);
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":{}}}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"notifications/cancelled"}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"notifications/initialized"}""")]
    public async Task Notification_ThatConcernsNothing_IsTaken(string body)
    {
        await using var host = await StartAsync();
        Assert.Equal(HttpStatusCode.Accepted, (await host.PostAsync(body)).Status);
    }

    [Fact]
    public async Task Description_OfTheInterface_TellsOfTheDoor()
    {
        await using var host = await StartAsync();
        using var http = new HttpClient();
        var described = JsonElement.Parse(await http.GetStringAsync(new Uri(host.Url, "/openapi/v1.json"), TestContext.Current.CancellationToken));
        Assert.True(described.GetProperty("paths").TryGetProperty("/mcp", out _));
    }
}
