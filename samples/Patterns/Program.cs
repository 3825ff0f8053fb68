using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansAgents.Agents;
using OrleansAgents.Hosting;
using OrleansAgents.Samples;

(string Title, Func<Stage, Task> PlayAsync)[] stories =
[
    ("many are asked at once, and the first answers will do", Gathering.PlayAsync),
    ("a journey is booked step by step, and taken back when a step fails", Journey.PlayAsync),
    ("a conversation goes from one agent to another", Handover.PlayAsync),
    ("three agents talk, and a fourth says who is next", Panel.PlayAsync),
    ("something is done again and again", Heartbeat.PlayAsync),
    ("an answer is given later than in the turn that was asked", Queueing.PlayAsync),
    ("something takes long, and is followed while it is done", Commission.PlayAsync),
];

var (siloPort, gatewayPort) = FreePorts.Find();
var builder = Host.CreateApplicationBuilder(args);
// Some steps fail on purpose; what matters of it is printed.
builder.Logging.ClearProviders();
builder.Services.AddAgentClient().AddSingleton<Witness>();
builder.UseOrleans(silo => silo
    .UseLocalhostClustering(siloPort, gatewayPort)
    .UseMemoryStorage()
    .AddAgents()
    .AddAgentsFrom(typeof(Stage).Assembly));

using var host = builder.Build();
await host.StartAsync();
var stage = new Stage(host.Services.GetRequiredService<IAgentClient>(), host.Services.GetRequiredService<Witness>());
var done = 0;
foreach (var (title, playAsync) in stories)
{
    Console.WriteLine($"-- {title}");
    try
    {
        await playAsync(stage);
        done++;
    }
    catch (Exception e) when (e is UnexpectedException or AgentException or TimeoutException)
    {
        Console.WriteLine($"   NOT as the story goes: {e.Message}");
    }
}

await host.StopAsync();
Console.WriteLine($"{done} of {stories.Length} stories went as they should");
return done == stories.Length ? 0 : 1;
