using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansAgents.Agents;
using OrleansAgents.Blackboard;
using OrleansAgents.Conversations;
using OrleansAgents.Directory;
using OrleansAgents.Hosting;
using OrleansAgents.Messaging;
using OrleansAgents.Routing;
using OrleansAgents.Samples.Marketplace;
using OrleansAgents.Topics;

// A market in one process: buyers, sellers and two brokers. The same agents run on silos that are killed meanwhile.
var (siloPort, gatewayPort) = FindPorts();
var builder = Host.CreateApplicationBuilder(args);
builder.Logging.ClearProviders();
builder.Services.AddAgentClient(options => options.Sender = "client/market");
builder.UseOrleans(silo => silo
    .UseLocalhostClustering(siloPort, gatewayPort)
    .UseMemoryStorage()
    .AddAgents()
    .AddAgentsFrom(typeof(Broker).Assembly));
using var host = builder.Build();
await host.StartAsync();
using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1), TimeProvider.System);
var agents = host.Services.GetRequiredService<IAgentClient>();

await agents.Agent("router/market").AskAsync(new RouterChange(
    [new Route("purchases", ["broker/north", "broker/south"]) { When = new RouteMatch { Type = "purchase.intent" }, By = "/buyer" }]));
foreach (var (name, stall) in new[]
{
    ("anna", new OpenStall("apples", 12, 9, 2)), ("bert", new OpenStall("apples", 11, 10, 5)), ("cora", new OpenStall("pears", 20, 20, 1)),
})
{
    await agents.Agent(new AgentId("seller", name)).TellAsync(stall);
}

foreach (var owner in new[] { "buyer/dora", "buyer/emil" })
{
    await agents.Agent("bank/market").TellAsync(new OpenAccount(owner, 100));
}

FoundAgents found;
do
{
    found = await agents.FindAsync("sell:apples", cancellationToken: patience.Token);
}
while (found.Total < 2 || (await agents.FindAsync("sell:pears", cancellationToken: patience.Token)).Total < 1);
Console.WriteLine($"The directory knows {string.Join(" and ", found.Agents.Select(a => a.Agent))} for apples.");

(string Buyer, Wish Wish)[] wishes =
[
    ("dora", new Wish("p1", "apples", 12, "home")), ("dora", new Wish("p2", "pears", 15, "home")), ("emil", new Wish("p3", "apples", 12, "nowhere")),
];
foreach (var (buyer, wish) in wishes)
{
    Console.WriteLine($"{buyer} wishes for {wish.Item} at {wish.AtMost} or less.");
    await agents.Agent(new AgentId("buyer", buyer)).TellAsync(wish);
    var told = await NextAsync(buyer, wish.Purchase);
    Console.WriteLine(told);
}

var board = await agents.Blackboard("market").ReadAsync();
Console.WriteLine($"The board says {board.Document.GetRawText()}, version {board.Version}.");
var story = await agents.Agent(ConversationAddress.For("p3")).AskAsync(new ConversationRead());
Console.WriteLine($"{story.Kept} messages were about p3; the first was {story.Notes[0].Said.Type} from {story.Notes[0].Said.Sender}.");
var accounts = await agents.Agent("bank/market").AskAsync(new ReadAccounts());
Console.WriteLine($"There are {accounts.Cents / 100} in all accounts, and {accounts.Transfers} purchase was paid.");
await host.StopAsync();
return accounts is { Cents: 20_000, Transfers: 1 } ? 0 : 1;

// What the brokers publish of a purchase, whenever it was.
async Task<string> NextAsync(string buyer, string purchase)
{
    await foreach (var one in agents.Topic(Broker.Settled).ReadAsync(TopicStart.Beginning, patience.Token))
    {
        if (JsonSerializer.Deserialize<PurchaseSettled>(one.Envelope.PayloadJson.Span, PayloadJson.Options) is { } settled && settled.Purchase == purchase)
        {
            return settled.Seller is null ? $"{buyer} gets no {settled.Item}: {settled.Why}" : $"{buyer} has {settled.Item} of {settled.Seller} for {settled.Price}.";
        }
    }

    throw new InvalidOperationException("The topic ended.");
}

static (int Silo, int Gateway) FindPorts()
{
    using var silo = new TcpListener(IPAddress.Loopback, 0);
    using var gateway = new TcpListener(IPAddress.Loopback, 0);
    silo.Start();
    gateway.Start();
    return (((IPEndPoint)silo.LocalEndpoint).Port, ((IPEndPoint)gateway.LocalEndpoint).Port);
}
