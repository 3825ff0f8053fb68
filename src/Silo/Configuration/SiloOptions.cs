using System.Net;
using OrleansAgents.A2A;
using OrleansAgents.Agents;
using OrleansAgents.Blackboard;
using OrleansAgents.Conversations;
using OrleansAgents.Hosting;
using OrleansAgents.Intelligence;
using OrleansAgents.Security;
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

    /// <summary>In Redis, for any number of silos.</summary>
    Redis,
}

/// <summary>The settings of the reference host, read from the section <c>Agents</c>.</summary>
internal sealed class SiloOptions
{
    public const string Section = "Agents";

    /// <summary>The port at which other silos reach this one.</summary>
    public int SiloPort { get; set; } = 11111;

    /// <summary>The port at which client programs reach this silo.</summary>
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

    /// <summary>How far back boards can be read, and how large they may become.</summary>
    public BlackboardOptions Blackboard { get; } = new();

    /// <summary>Whether the demo kinds are hosted.</summary>
    public bool Demo { get; set; } = true;

    /// <summary>Files of assemblies whose agents are hosted too.</summary>
    public IList<string> Assemblies { get; } = [];

    /// <summary>Whether all durable agents have audit logs.</summary>
    public bool Audit { get; set; }

    /// <summary>The file with the key of the audit logs' hashes; null for none.</summary>
    public string? AuditKeyFile { get; set; }

    /// <summary>Whether agents note the messages of conversations.</summary>
    public bool RecordConversations { get; set; } = true;

    /// <summary>How much of each conversation is kept, and for how long.</summary>
    public ConversationOptions Conversations { get; } = new();

    /// <summary>How long running turns may take to finish after a stop signal.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The cluster that this silo is part of.</summary>
    public string Cluster { get; set; } = ClusterName.Default;

    /// <summary>The Redis of the profile of that name, as StackExchange.Redis writes it; null in the other profiles.</summary>
    public string? Redis { get; set; }

    /// <summary>The IP address or host name at which others reach this silo; null for the loopback address or, in a pod, the pod's.</summary>
    public string? Address { get; set; }

    /// <summary>What the ports listen on; null for the address itself or, in a pod, all of the pod's.</summary>
    public IPAddress? Listen { get; set; }

    /// <summary>Whether the pod that this process runs in says where it is reached.</summary>
    public bool Kubernetes { get; set; }

    /// <summary>What this silo has that others may lack, for the placement of agents.</summary>
    public IList<string> Labels { get; } = [];

    /// <summary>Whether active agents move to silos that have fewer, in the profile <c>Redis</c>.</summary>
    public bool Rebalance { get; set; } = true;

    /// <summary>How fast the silos notice that one of them died.</summary>
    public MembershipOptions Membership { get; } = new();

    /// <summary>Which messages must be signed; null for what the environment says.</summary>
    public SignaturePolicy? Signatures { get; set; }

    /// <summary>How far the time of a signed message may be from this silo's.</summary>
    public TimeSpan ClockAllowance { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether there are keys for signatures.</summary>
    public bool HasKeys { get; set; }

    /// <summary>What is there for operators, and where.</summary>
    public OperatorOptions Operator { get; } = new();

    /// <summary>Certificates, and whether doors may be open without.</summary>
    public TlsSettings Tls { get; } = new();

    /// <summary>Whose messages come by HTTP.</summary>
    public HttpOptions Http { get; set; } = new();

    /// <summary>How agents are offered by A2A.</summary>
    public A2AOptions A2A { get; set; } = new();

    /// <summary>The language models of agents.</summary>
    public ModelsOptions Models { get; set; } = new();

    /// <summary>How much may be spent on them.</summary>
    public SpendingLimitsOptions Limits { get; set; } = new();

    /// <summary>How the silo speaks the Model Context Protocol.</summary>
    public McpOptions Mcp { get; set; } = new();

    /// <summary>The agents elsewhere that speak A2A.</summary>
    public RemotesOptions Remotes { get; set; } = new();

    /// <summary>The settings of encryption, which are read again when they change; null where there are none.</summary>
    public IConfigurationSection? Encryption { get; set; }
}

/// <summary>How silos watch one another; null leaves what <c>UseRedisCluster</c> sets.</summary>
internal sealed class MembershipOptions
{
    /// <summary>How long a probe may go unanswered.</summary>
    public TimeSpan? ProbeTimeout { get; set; }

    /// <summary>After how many probes in a row a silo is suspected.</summary>
    public int? MissedProbes { get; set; }

    /// <summary>How many silos must suspect one before it is declared dead.</summary>
    public int? Votes { get; set; }
}

/// <summary>The endpoints for operators: metrics and dashboard.</summary>
internal sealed class OperatorOptions
{
    /// <summary>Whether they are there at all.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The only addresses at which they answer; empty for those of the web host that are loopback addresses.</summary>
    public IReadOnlyList<BindingAddress> Urls { get; set; } = [];
}
