namespace OrleansAgents.Configuration;

/// <summary>The settings of the reference host, read from the section <c>Agents</c>.</summary>
internal sealed class SiloOptions
{
    public const string Section = "Agents";

    /// <summary>Where other silos reach this one, on the loopback address.</summary>
    public int SiloPort { get; set; } = 11111;

    /// <summary>Where client programs reach this silo, on the loopback address.</summary>
    public int GatewayPort { get; set; } = 30000;

    /// <summary>Where a store keeps its files. Nothing is created until a store needs it.</summary>
    public string DataDirectory { get; set; } = "data";

    /// <summary>Whether the demo kinds are hosted.</summary>
    public bool Demo { get; set; } = true;

    /// <summary>Files of assemblies whose agents are hosted too.</summary>
    public IList<string> Assemblies { get; } = [];

    /// <summary>How long running turns may take to finish after a stop signal.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
