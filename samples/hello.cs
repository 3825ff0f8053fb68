#:sdk Microsoft.NET.Sdk.Web
#:property PublishAot=false
#:project ../src/Grains
#:project ../src/Client
using OrleansAgents.Agents; using OrleansAgents.Hosting; using OrleansAgents.Messaging;
var builder = Host.CreateApplicationBuilder(args);
builder.UseOrleans(silo => silo.UseLocalhostClustering(11112, gatewayPort: 0).AddAgents().AddAgent<Greeter>());
builder.Services.AddLogging(logging => logging.ClearProviders()).AddAgentClient();
using var host = builder.Build();
await host.StartAsync();
var agents = host.Services.GetRequiredService<IAgentClient>();
Console.WriteLine(await agents.Agent("greeter/world").AskAsync(new Hello("world")));
[Contract("hello")] record Hello(string Name) : IRequest<string>;
[Agent("greeter")] class Greeter : Agent, IHandle<Hello, string>
{ public ValueTask<string> HandleAsync(Hello hello, AgentContext context, CancellationToken stop) => new($"Hello, {hello.Name}!"); }
