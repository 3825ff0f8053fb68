using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansAgents.Agents;
using OrleansAgents.Hosting;
using OrleansAgents.Samples;

(string Title, Func<Stage, Task> PlayAsync)[] scenarios =
[
    ("two agents, their acknowledgements and the stop signal", TwoAgents.PlayAsync),
    ("request and response", RequestResponse.PlayAsync),
    ("the contract and its validation", ContractValidation.PlayAsync),
    ("a topic and its fan-out", TopicFanOut.PlayAsync),
    ("a route of two hops", TwoHops.PlayAsync),
    ("retry with backoff", RetryWithBackoff.PlayAsync),
];

var (siloPort, gatewayPort) = FreePorts.Find();
var builder = Host.CreateApplicationBuilder(args);
// One scenario fails on purpose; what matters of it is printed.
builder.Logging.ClearProviders();
builder.Services.AddAgentClient().AddSingleton<Witness>().AddSingleton(new RouteBook(new Dictionary<string, AgentId>(StringComparer.Ordinal)
{
    ["waypoint/entrance"] = "waypoint/south",
    ["waypoint/south"] = "destination/lisbon",
}));
builder.UseOrleans(silo => silo
    .UseLocalhostClustering(siloPort, gatewayPort)
    .UseMemoryStorage()
    .AddAgents()
    .AddAgentsFrom(typeof(Worker).Assembly));

using var host = builder.Build();
await host.StartAsync();
var stage = new Stage(host.Services.GetRequiredService<IAgentClient>(), host.Services.GetRequiredService<Witness>());
var done = 0;
foreach (var (title, playAsync) in scenarios)
{
    Console.WriteLine($"-- {title}");
    try
    {
        await playAsync(stage);
        done++;
    }
    catch (Exception e) when (e is UnexpectedException or AgentException or TimeoutException)
    {
        Console.WriteLine($"   NOT as the guide says: {e.Message}");
    }
}

await host.StopAsync();
Console.WriteLine($"{done} of {scenarios.Length} scenarios did what the guide says");
return done == scenarios.Length ? 0 : 1;
