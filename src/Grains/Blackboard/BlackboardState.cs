using System.Text.Json;

namespace OrleansAgents.Blackboard;

/// <summary>A board. Its history is no part of it: each change is a message that is never sent, which the store keeps by itself.</summary>
internal sealed class BlackboardState
{
    public long Version { get; set; }

    /// <summary>The oldest version that the history goes back to.</summary>
    public long Oldest { get; set; }

    /// <summary>How long the history is, in bytes.</summary>
    public long HistoryBytes { get; set; }

    public JsonElement Document { get; set; } = BlackboardView.Empty;
}
