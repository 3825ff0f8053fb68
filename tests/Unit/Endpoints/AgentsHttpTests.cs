using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansAgents.Demo;
using OrleansAgents.Endpoints;
using OrleansAgents.Hosting;
using OrleansAgents.Tests.Redis;
using Xunit;

namespace OrleansAgents.Tests.Endpoints;

/// <summary>The interface in a host of a user's own.</summary>
public sealed class AgentsHttpTests
{
    private const string Key = "the-key-of-a-user";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Interface_MountedInAHostThatHasASilo_AnswersBelowItsPrefix()
    {
        var builder = Create("Agents:Http:Keys:0:Id=shop", "Agents:Http:Keys:0:Identity=client/shop", $"Agents:Http:Keys:0:Sha256={CallerKeysTests.Hash(Key)}");
        builder.Host.UseOrleans(silo => silo.UseLocalhostClustering(Ports.Next(), gatewayPort: 0).UseMemoryStorage().AddAgents().AddDemoAgents());
        builder.AddAgentsHttp();
        await using var app = builder.Build();
        app.MapAgents("/api");
        app.MapAgentDeadLetters("/ops/").RequireHost("operators.example");
        app.MapGet("/agents", () => "mine");
        await app.StartAsync(Token);

        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        using var content = new StringContent("""{"amount":2}""", Encoding.UTF8, "application/json");
        using var asked = await http.PostAsync("/api/agents/counter/a%2Fb/ask/counter.add", content, Token);
        Assert.Equal("""{"value":2}""", await asked.Content.ReadAsStringAsync(Token));
        Assert.Equal("mine", await http.GetStringAsync("/agents", Token));
        using var elsewhere = await http.GetAsync("/api/agents/a/b/c", Token);
        Assert.Equal("application/problem+json", elsewhere.Content.Headers.ContentType?.MediaType);
        var described = JsonElement.Parse(await http.GetStringAsync("/api/openapi/v1.json", Token));
        Assert.Equal("/api", described.GetProperty("servers")[0].GetProperty("url").GetString());
        Assert.Contains("openapi/v1.json", await http.GetStringAsync("/api/docs/", Token), StringComparison.Ordinal);

        using var closed = await http.GetAsync("/ops/dead-letters", Token);
        Assert.Equal(404, (int)closed.StatusCode);
        using var operators = new HttpRequestMessage(HttpMethod.Get, "/ops/dead-letters") { Headers = { Host = "operators.example" } };
        using var letters = await http.SendAsync(operators, Token);
        Assert.Equal("""{"letters":[],"total":0}""", await letters.Content.ReadAsStringAsync(Token));
        await app.StopAsync(Token);
    }

    [Fact]
    public void Interface_OfAHostThatDidNotAddIt_SaysWhatIsMissing()
    {
        using var app = Create().Build();
        Assert.Contains("AddAgentsHttp()", Assert.Throws<InvalidOperationException>(() => app.MapAgents()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Agents:Http:Streams=none", "Agents:Http:Streams is 'none'")]
    [InlineData("Agents:Http:Stream=1", "Agents:Http:Stream is no setting")]
    public void Interface_WithAFaultySetting_IsNotAdded(string setting, string expected) =>
        Assert.Contains(expected, Assert.ThrowsAny<InvalidOperationException>(() => Create(setting).AddAgentsHttp()).Message, StringComparison.Ordinal);

    private static WebApplicationBuilder Create(params string[] settings)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(settings.Select(s => s.Split('=', 2)).Select(s => KeyValuePair.Create<string, string?>(s[0], s[1])));
        return builder;
    }
}
