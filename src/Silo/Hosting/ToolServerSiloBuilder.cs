using OrleansAgents.Intelligence;
using OrleansAgents.Mcp;

namespace OrleansAgents.Hosting;

/// <summary>Gives agents the tools of MCP servers elsewhere.</summary>
public static class ToolServerSiloBuilder
{
    /// <summary>
    /// Adds the tools of an MCP server, as an <see cref="IToolSource"/> of that name. It is connected to when an agent first
    /// asks for its tools.
    /// </summary>
    /// <param name="silo">The silo.</param>
    /// <param name="name">What it is called here: a lower-case letter and then lower-case letters, digits or hyphens, 64 at most. Its tools are named <c>NAME__TOOL</c>.</param>
    /// <param name="configure">Sets at least the address.</param>
    /// <exception cref="InvalidOperationException">A setting is missing or invalid; the message names it and the remedy.</exception>
    public static ISiloBuilder AddToolServer(this ISiloBuilder silo, string name, Action<ToolServerOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var options = new ToolServerOptions();
        configure(options);
        return ToolServerCheck.FindFault(name, options, nameof(ToolServerOptions)) is { } fault
            ? throw new InvalidOperationException(fault)
            : silo.AddToolServer(name, options);
    }

    internal static void AddToolServers(this ISiloBuilder silo, IReadOnlyDictionary<string, ToolServerOptions> servers)
    {
        foreach (var (name, options) in servers)
        {
            silo.AddToolServer(name, options);
        }
    }

    private static ISiloBuilder AddToolServer(this ISiloBuilder silo, string name, ToolServerOptions options)
    {
        silo.Services.AddSingleton<IToolSource>(services => new McpToolSource(
            name, options, services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<McpToolSource>>()));
        return silo;
    }
}
