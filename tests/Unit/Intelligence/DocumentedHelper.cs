using Microsoft.Agents.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrleansAgents.Agents;
using OrleansAgents.Hosting;
using OrleansAgents.Intelligence;

namespace OrleansAgents.Tests.Intelligence;

// What stands in docs/agent-framework.md stands here, so that it is compiled.
[Agent("helper", Public = true, Description = "Helps with what it can.")]
public sealed class HelperAgent([FromKeyedServices("helper")] AIAgent agent) : HostedAIAgent(agent);

internal static class DocumentedHelper
{
    public static void Add(HostApplicationBuilder builder)
    {
        builder.UseOrleans(silo => silo.UseLocalhostClustering().UseSqliteStorage().AddAgents().AddAgent<HelperAgent>());
        builder.Services.AddKeyedSingleton<AIAgent>("helper", (services, _) => MakeHelper(services));
    }

    public static async Task<string> AskAsync(IAgentClient agents)
    {
        ChatSaid said = await agents.Agent("helper/order 17").AskAsync(ChatSay.Of("Where is my order?"));
        return said.Text;
    }

    private static AIAgent MakeHelper(IServiceProvider services) => services.GetRequiredService<AIAgent>();
}
