using OrleansAgents.Messaging;

namespace OrleansAgents.Audit;

/// <summary>
/// Reads an agent's audit log. Every audited agent answers it by itself, and notes the reading like any query.
/// </summary>
/// <param name="After">The sequence behind which to begin; 0 for the first entry.</param>
/// <param name="Limit">At most so many entries, 1 to 1000.</param>
[Contract("agent.audit")]
public sealed record AuditRead(long After = 0, int Limit = AuditRead.MostEntries) : IQuery<AuditPage>
{
    /// <summary>The most entries that one answer holds.</summary>
    public const int MostEntries = 1000;
}

/// <summary>A part of an agent's audit log.</summary>
/// <param name="Entries">The entries in order; fewer than asked for at the log's end.</param>
public sealed record AuditPage(IReadOnlyList<AuditEntry> Entries);
