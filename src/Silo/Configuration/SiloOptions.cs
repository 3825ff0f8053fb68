using OrleansAgents.Agents;
using OrleansAgents.Sqlite;
using OrleansAgents.Topics;

namespace OrleansAgents.Configuration;

/// <summary>Where agents and topics rest.</summary>
internal enum SiloProfile
{
    /// <summary>In one SQLite file on this machine, for one silo.</summary>
    Embedded,

    /// <summary>In memory, for trials: nothing survives the process.</summary>
    Memory,
}

/// <summary>The settings of the reference host, read from the section <c>Agents</c>.</summary>
internal sealed class SiloOptions
{
    public const string Section = "Agents";

    /// <summary>Where other silos reach this one, on the loopback address.</summary>
    public int SiloPort { get; set; } = 11111;

    /// <summary>Where client programs reach this silo, on the loopback address.</summary>
    public int GatewayPort { get; set; } = 30000;

    /// <summary>Where agents and topics rest.</summary>
    public SiloProfile Profile { get; set; } = SiloProfile.Embedded;

    /// <summary>The directory of the store's file; made when it is missing.</summary>
    public string DataDirectory { get; set; } = "data";

    /// <summary>What a commit survives once it is acknowledged.</summary>
    public SqliteSynchronous Synchronous { get; set; } = SqliteSynchronous.Full;

    /// <summary>How far back handled messages are known.</summary>
    public HandledWindow HandledWindow { get; } = new();

    /// <summary>How long the events of topics are kept.</summary>
    public TopicRetention Topics { get; } = new();

    /// <summary>Whether the demo kinds are hosted.</summary>
    public bool Demo { get; set; } = true;

    /// <summary>Files of assemblies whose agents are hosted too.</summary>
    public IList<string> Assemblies { get; } = [];

    /// <summary>How long running turns may take to finish after a stop signal.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
