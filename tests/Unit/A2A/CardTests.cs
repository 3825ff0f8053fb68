using System.Text.Json;
using OrleansAgents.A2A;
using Xunit;

namespace OrleansAgents.Tests.A2A;

/// <summary>What agents say of themselves.</summary>
public sealed class CardTests(A2AHost host)
{
    private const string Path = ".well-known/agent-card.json";

    [Fact]
    public async Task Card_OfAKind_IsThereForEverybodyAndHoldsItsSkills()
    {
        using var caller = new A2ACaller(host.Url, key: null, version: null);
        var reply = await caller.GetPathAsync($"a2a/counter/{Path}");
        Assert.Equal((200, "application/json"), (reply.Status, reply.Type));
        // With nothing that the protocol does not have.
        var card = JsonSerializer.Deserialize(reply.Body, A2AJson.Default.AgentCard)!;
        Assert.Equal(reply.Body, JsonSerializer.Serialize(card, A2AJson.Default.AgentCard));
        Assert.Equal(("counter", "Adds up whole numbers and keeps the sum."), (card.Name, card.Description));
        Assert.Equal(
            [new($"{host.Url}a2a/counter", "JSONRPC", "1.0"), new AgentInterface($"{host.Url}a2a/counter", "HTTP+JSON", "1.0")], card.SupportedInterfaces);
        Assert.Equal(["counter.add", "counter.read"], card.Skills.Select(s => s.Id));
        Assert.Equal(["count", "demo"], card.Skills[0].Tags);
        Assert.Equal((true, true, true), (card.Capabilities.Streaming, card.Capabilities.PushNotifications, card.Capabilities.ExtendedAgentCard));
        Assert.Equal("Bearer", card.SecuritySchemes!["bearer"].HttpAuthSecurityScheme!.Scheme);
        Assert.Contains(card.SecurityRequirements!, r => r.Schemes!.ContainsKey("bearer"));
    }

    [Fact]
    public async Task Card_OfAKindThatTalksOrWorks_ShowsWhatOthersMaySend()
    {
        using var caller = new A2ACaller(host.Url, key: null);
        Assert.Equal(["chat.say"], Skills(await caller.GetPathAsync($"a2a/echo/{Path}")));
        Assert.Equal(["work.steps"], Skills(await caller.GetPathAsync($"a2a/worker/{Path}")));
        (await caller.GetPathAsync($"a2a/chaos/{Path}")).AssertPlain(0, 404);
    }

    [Fact]
    public async Task Card_OfTheHost_NamesTheSkillsOfAllKinds()
    {
        using var caller = new A2ACaller(host.Url, key: null);
        var reply = await caller.GetPathAsync(Path);
        var skills = Skills(reply).ToList();
        Assert.All((string[])["counter/counter.add", "counter/counter.read", "echo/chat.say", "worker/work.steps"], id => Assert.Contains(id, skills));
        Assert.All(skills, id => Assert.Contains('/', id));
        Assert.Equal($"{host.Url}a2a", reply.Json.GetProperty("supportedInterfaces")[0].GetProperty("url").GetString());
    }

    [Fact]
    public async Task Card_OfAHostWithAKindOfItsOwn_IsThatKindsAndItsUrlAsTheSettingsSay()
    {
        var url = await host.StartAsync("/api", withPush: false, "Agents:A2A:Host=echo", "Agents:A2A:PublicUrl=https://agents.example/x/", "Agents:Http:Anonymous=true");
        using var caller = new A2ACaller(new Uri(url + "/"), key: null);
        var card = (await caller.GetPathAsync(Path)).Json;
        Assert.Equal("https://agents.example/x/a2a/echo", card.GetProperty("supportedInterfaces")[0].GetProperty("url").GetString());
        Assert.False(card.TryGetProperty("securityRequirements", out _));
        Assert.Equal("hi", (await caller.SendAsync("a2a", SendTests.Message(SendTests.Text("hi")))).Result.GetProperty("message").GetProperty("parts")[0].GetProperty("text").GetString());
    }

    [Fact]
    public async Task Card_BelowAPrefix_SaysSo()
    {
        var url = await host.StartAsync("/api", withPush: false);
        using var caller = new A2ACaller(new Uri(url + "/"), key: null);
        Assert.Equal($"{url}/a2a/echo", (await caller.GetPathAsync($"a2a/echo/{Path}")).Json.GetProperty("supportedInterfaces")[0].GetProperty("url").GetString());
        Assert.Equal($"{url}/a2a", (await caller.GetPathAsync(Path)).Json.GetProperty("supportedInterfaces")[0].GetProperty("url").GetString());
    }

    [Fact]
    public async Task Card_ThatIsKnown_IsNotSentAgain()
    {
        using var caller = new A2ACaller(host.Url, key: null);
        var card = await caller.GetPathAsync(Path);
        Assert.Equal(("public, max-age=60", "Host"), (card.Headers["Cache-Control"], card.Headers["Vary"]));
        foreach (var known in ((string, string)[])[("If-None-Match", card.Headers["ETag"]), ("If-None-Match", "*"), ("If-None-Match", $"W/{card.Headers["ETag"]}"), ("If-Modified-Since", card.Headers["Last-Modified"])])
        {
            var again = await caller.GetPathAsync(Path, known);
            Assert.Equal((304, "", card.Headers["ETag"]), (again.Status, again.Body, again.Headers["ETag"]));
        }

        Assert.Equal(200, (await caller.GetPathAsync(Path, ("If-None-Match", "\"other\""), ("If-Modified-Since", card.Headers["Last-Modified"]))).Status);
    }

    [Theory]
    [InlineData(A2ACaller.Rpc)]
    [InlineData(A2ACaller.Http)]
    public async Task ExtendedCard_OfACallerWithAKey_HasTheSchemas(string binding)
    {
        using var caller = new A2ACaller(host.Url, binding);
        var card = (await caller.CallAsync("a2a/counter", "GetExtendedAgentCard", HttpMethod.Get, "/extendedAgentCard", "{}")).Result;
        var schemas = card.GetProperty("capabilities").GetProperty("extensions").EnumerateArray().Last().GetProperty("params").GetProperty("counter");
        Assert.Equal("integer", schemas.GetProperty("counter.add").GetProperty("payload").GetProperty("properties").GetProperty("amount").GetProperty("type").GetString());
        Assert.Equal($"{host.Url}a2a/counter", card.GetProperty("supportedInterfaces")[0].GetProperty("url").GetString());
        using var nobody = new A2ACaller(host.Url, binding, key: null);
        Assert.Equal(401, (await nobody.CallAsync("a2a/counter", "GetExtendedAgentCard", HttpMethod.Get, "/extendedAgentCard", "{}")).Status);
    }

    [Fact]
    public async Task Interface_ThatIsTurnedOff_IsNotThere()
    {
        var url = await host.StartAsync("/", withPush: false, "Agents:A2A:Enabled=false");
        using var caller = new A2ACaller(url);
        Assert.Equal(404, (await caller.GetPathAsync(Path)).Status);
        Assert.Equal(404, (await caller.SendAsync("a2a/echo", SendTests.Message(SendTests.Text("x")))).Status);
    }

    private static IEnumerable<string> Skills(A2AReply reply) => reply.Json.GetProperty("skills").EnumerateArray().Select(s => s.GetProperty("id").GetString()!);
}
