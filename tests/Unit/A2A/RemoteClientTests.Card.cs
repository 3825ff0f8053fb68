using OrleansAgents.A2A;
using Xunit;

namespace OrleansAgents.Tests.A2A;

/// <content>The card of the other side.</content>
public sealed partial class RemoteClientTests
{
    [Theory]
    [InlineData("0.3", null, "has no interface of A2A 1.0")]
    [InlineData("1.0", "http://127.0.0.1:1", "leads to http://127.0.0.1:1/rpc")]
    [InlineData("1.0", "https://agents.example.com", "leads to https://agents.example.com/rpc")]
    public async Task Card_ThatLeadsNowhereOrElsewhere_IsNotFollowed(string version, string? origin, string fault)
    {
        _agent.On(ScriptedAgent.Card, AgentSteps.Card(version: version, origin: origin));
        var failed = await Assert.ThrowsAsync<RemoteException>(() => Create().SendAsync(Hello, isStreamed: true, Token));
        Assert.Equal(RemoteCodes.NotSupported, failed.Code);
        Assert.Contains(fault, failed.Message, StringComparison.Ordinal);
        Assert.Single(_agent.Requests);
    }

    [Theory]
    [InlineData(404, "", "text/plain", RemoteCodes.NotSupported)]
    [InlineData(200, "<html>", "text/html", RemoteCodes.Broken)]
    [InlineData(200, "{\"name\":\"of 0.3\",\"url\":\"http://x\"}", "application/json", RemoteCodes.Broken)]
    public async Task Card_ThatIsNone_SaysSo(int status, string body, string type, string code)
    {
        _agent.On(ScriptedAgent.Card, AgentSteps.Raw(status, body, type));
        Assert.Equal(code, (await Assert.ThrowsAsync<RemoteException>(() => Create(o => o.Retries = 0).GetAsync("t", Token))).Code);
    }

    [Fact]
    public async Task Card_ThatIsKept_IsAskedForByItsTagWhenItIsOldOrDoubted()
    {
        _agent.On(ScriptedAgent.Card, AgentSteps.Card(tag: "v1")).On("GetTask", AgentSteps.Answer(AgentSteps.Bare("t", "WORKING")));
        var client = Create(o => o.CardAge = TimeSpan.FromMinutes(10));
        await client.GetAsync("t", Token);
        await client.GetAsync("t", Token);
        _time.Advance(TimeSpan.FromMinutes(11));
        await client.GetAsync("t", Token);
        Assert.Equal([null, "\"v1\""], _agent.Of(ScriptedAgent.Card).Select(r => r.Headers.GetValueOrDefault("If-None-Match")));
        _agent.Script("GetTask", AgentSteps.Error(-32009, "VERSION_NOT_SUPPORTED", 400));
        await Assert.ThrowsAsync<RemoteException>(() => client.GetAsync("t", Token));
        await client.GetAsync("t", Token);
        Assert.Equal(3, _agent.Of(ScriptedAgent.Card).Count);
        _time.Advance(TimeSpan.FromMinutes(11));
        _agent.On(ScriptedAgent.Card, AgentSteps.Raw(500, ""));
        Assert.Equal("t", (await client.GetAsync("t", Token)).Id);
    }

    [Theory]
    [InlineData("http://h/", "http://h/.well-known/agent-card.json")]
    [InlineData("http://h/a2a/kind", "http://h/a2a/kind/.well-known/agent-card.json")]
    [InlineData("http://h/cards/one.json?v=1", "http://h/cards/one.json?v=1")]
    public void Card_OfAnAddress_IsAtItsUsualPlaceOrThere(string url, string card) => Assert.Equal(card, RemoteCard.Locate(new Uri(url)).ToString());
}
