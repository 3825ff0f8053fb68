using OrleansAgents.Agents;
using OrleansAgents.Hosting;

namespace OrleansAgents.Tests.Mcp;

// What stands in docs/mcp.md stands here, so that it is compiled.
[Agent("pricer", Public = true, Description = "Knows what things cost.")]
internal sealed class DocumentedAgent : Agent;

internal static class DocumentedServers
{
    public static void Add(ISiloBuilder silo)
    {
        silo.AddToolServer("search", server =>
        {
            server.Endpoint = new Uri("https://tools.example/mcp");
            server.KeyFile = "/run/secrets/search";
        });
    }
}
