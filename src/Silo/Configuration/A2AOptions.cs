using OrleansAgents.A2A;

namespace OrleansAgents.Configuration;

/// <summary>How agents are offered by A2A.</summary>
internal sealed class A2AOptions
{
    public const string Section = "A2A";

    /// <summary>Whether they are at all.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Where this interface is reached, as cards say; null for where the card was asked for.</summary>
    public Uri? PublicUrl { get; set; }

    /// <summary>The kind whose card the host has for its own; null for the only one that is public, or for a card of all.</summary>
    public string? Host { get; set; }

    /// <summary>The hosts that changes are posted to wherever they are, also on this machine.</summary>
    public IReadOnlyList<string> PushHosts { get; set; } = [];

    /// <summary>How long a post is tried again before its event is given up.</summary>
    public TimeSpan PushPatience { get; set; } = TimeSpan.FromHours(1);

    /// <summary>The extensions that the cards name.</summary>
    public IReadOnlyList<AgentExtension> Extensions { get; set; } = [];
}
