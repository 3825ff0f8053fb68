using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OrleansAgents.Hosting;
using OrleansAgents.Intelligence;
using OrleansAgents.Tests.Models;
using OrleansAgents.Tests.Redis;
using Xunit;

namespace OrleansAgents.Tests.Hosting;

public sealed class SiloModelTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("openai", "/v1")]
    [InlineData("ollama", "/")]
    public async Task Silo_WithAModel_ServesItWithItsLimits(string provider, string path)
    {
        await using var server = await LocalModelServer.StartAsync(Token);
        server.Script(ModelSteps.Say("Good ", "day"));
        await using var app = await BuildAsync(
            $"--Agents:Models:default:Provider={provider}", "--Agents:Models:default:Model=local", $"--Agents:Models:default:Endpoint={new Uri(server.Address, path)}",
            "--Agents:Limits:daily:Tokens=1000", "--Agents:RecordPrompts=true");
        var model = app.Services.GetRequiredKeyedService<IChatClient>("default");
        Assert.Equal("Good day", (await model.GetStreamingResponseAsync("Hello", cancellationToken: Token).ToChatResponseAsync(Token)).Text);
        Assert.Equal(1000, app.Services.GetRequiredService<IOptions<SpendingLimitsOptions>>().Value.Limits["daily"].Tokens);
        Assert.True(app.Services.GetRequiredService<IOptions<ModelsOptions>>().Value.RecordPrompts);
    }

    [Fact]
    public async Task Silo_WithNoModel_HasTheOfflineOne()
    {
        await using var app = await BuildAsync();
        Assert.Equal("offline", (await app.Services.GetRequiredKeyedService<IChatClient>("default").GetResponseAsync("Hi", cancellationToken: Token)).ModelId);
    }

    private static Task<WebApplication> BuildAsync(params string[] settings) => SiloApplication.BuildAsync(
        ["--Agents:Profile=Memory", $"--Agents:SiloPort={Ports.Next()}", $"--Agents:GatewayPort={Ports.Next()}", $"--urls=http://127.0.0.1:{Ports.Next()}", .. settings]);
}
