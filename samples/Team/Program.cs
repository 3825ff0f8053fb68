using System.ClientModel;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenAI;
using OrleansAgents.Agents;
using OrleansAgents.Hosting;
using OrleansAgents.Intelligence;
using OrleansAgents.Runs;
using OrleansAgents.Samples.Team;

// An editor, a writer, a researcher and a reviewer. Without settings they have the offline model, which does not think and
// says so. With a model that does:
//   dotnet run --project samples/Team -- --endpoint http://127.0.0.1:11434/v1 --model qwen3:8b
// The environment's OPENAI_API_KEY is the key, where the server wants one.
var (siloPort, gatewayPort) = FindPorts();
var builder = Host.CreateApplicationBuilder(args);
builder.Logging.ClearProviders();
var (endpoint, model) = (builder.Configuration["endpoint"], builder.Configuration["model"]);
var about = builder.Configuration["about"] ?? "tea";
builder.Services.AddSingleton<Library>().AddSingleton(new Prompts(IsOffline: endpoint is null));
builder.Services.AddAgentClient(options => options.Sender = "client/publisher");
builder.UseOrleans(silo =>
{
    silo.UseLocalhostClustering(siloPort, gatewayPort).UseMemoryStorage().AddAgents().AddAgentsFrom(typeof(Editor).Assembly);
    if (endpoint is not null)
    {
        var key = new ApiKeyCredential(builder.Configuration["OPENAI_API_KEY"] ?? "none");
        silo.AddModel("default", _ => new OpenAI.Chat.ChatClient(model, key, new OpenAIClientOptions { Endpoint = new Uri(endpoint) }).AsIChatClient());
    }
});
using var host = builder.Build();
await host.StartAsync();
var agents = host.Services.GetRequiredService<IAgentClient>();

Console.WriteLine($"The publisher wants an article about {about}.");
var run = await agents.StartAsync("editor/desk", new CommissionArticle(about));
await foreach (var happened in run.FollowAsync())
{
    if (happened.Message is { } said)
    {
        Console.WriteLine($"Editor: {said.Parts[0].Text}");
    }
}

var done = await run.ReadAsync();
foreach (var article in done.Artifacts)
{
    Console.WriteLine($"Article: {article.Parts[0].Text}");
}

foreach (var mind in new[] { "researcher", "writer", "reviewer" })
{
    var page = await agents.Agent(new AgentId(mind, "desk")).AskAsync(new ChatHistory());
    Console.WriteLine($"The {mind} remembers {page.Messages.Count} messages: {string.Join(", ", page.Messages.Select(m => m.Role))}.");
}

await host.StopAsync();
return done.State == RunState.Completed ? 0 : 1;

static (int Silo, int Gateway) FindPorts()
{
    using var silo = new TcpListener(IPAddress.Loopback, 0);
    using var gateway = new TcpListener(IPAddress.Loopback, 0);
    silo.Start();
    gateway.Start();
    return (((IPEndPoint)silo.LocalEndpoint).Port, ((IPEndPoint)gateway.LocalEndpoint).Port);
}
