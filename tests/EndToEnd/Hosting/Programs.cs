using System.Reflection;
using OrleansAgents.Tests.Redis;

namespace OrleansAgents.Tests.Hosting;

/// <summary>Where the built programs are, and free ports to run them on.</summary>
internal static class Programs
{
    public static string Repository { get; } = Metadata("Repository");

    public static string Configuration { get; } = Metadata("Configuration");

    public static string Silo { get; } = Output("src/Silo", "OrleansAgents.Silo.dll");

    public static string Agents { get; } = Output("src/Cli", "agents.dll");

    public static string Guide { get; } = Output("samples/Guide", "OrleansAgents.Guide.dll");

    public static string Patterns { get; } = Output("samples/Patterns", "OrleansAgents.Patterns.dll");

    public static string Marketplace { get; } = Output("samples/Marketplace", "OrleansAgents.Marketplace.dll");

    public static string Team { get; } = Output("samples/Team", "OrleansAgents.Team.dll");

    public static string PricerTests { get; } = Output("samples/PricerTests", "OrleansAgents.PricerTests.dll");

    /// <summary>Agents of a user, before and behind an upgrade.</summary>
    public static string TillBefore { get; } = Output("tests/Rolling/Before", "OrleansAgents.Tests.Before.dll");

    public static string TillAfter { get; } = Output("tests/Rolling/After", "OrleansAgents.Tests.After.dll");

    public static int FreePort() => Ports.Next();

    private static string Output(string project, string file) =>
        Path.Combine(Repository, project, "bin", Configuration, "net10.0", file);

    private static string Metadata(string key) =>
        typeof(Programs).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;
}
