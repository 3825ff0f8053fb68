using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.A2A;

/// <summary>What is posted of a run, and how far each receiver has come.</summary>
internal sealed class PushState
{
    /// <summary>The run; null until somebody wanted it posted.</summary>
    public string? Run { get; set; }

    public string Owner { get; set; } = "";

    public string Conversation { get; set; } = "";

    /// <summary>The request to be told of the run's events, until it is answered.</summary>
    public Guid? Question { get; set; }

    /// <summary>Whether the run tells of its events.</summary>
    public bool IsWatching { get; set; }

    /// <summary>The place of the last event that is known of.</summary>
    public long Latest { get; set; }

    /// <summary>Whether nothing follows that one.</summary>
    public bool IsOver { get; set; }

    /// <summary>The receivers, by the ids of their configurations.</summary>
    public SortedDictionary<string, PushReceiver> Receivers { get; set; } = new(StringComparer.Ordinal);
}

/// <summary>One receiver.</summary>
internal sealed class PushReceiver
{
    public PushConfig Config { get; set; } = new("");

    /// <summary>The place of the last event that it has, or that was given up.</summary>
    public long Sent { get; set; }

    /// <summary>The run's state at that place.</summary>
    public RunState State { get; set; }

    /// <summary>The posting that is under way; null for none.</summary>
    public Guid? Work { get; set; }

    /// <summary>The message by which it is tried again; null where nothing failed.</summary>
    public Guid? Retry { get; set; }

    public int Failures { get; set; }

    /// <summary>Since when the next event has not been taken; null where it has not been tried.</summary>
    public DateTimeOffset? Since { get; set; }
}

/// <summary>Posts what follows a place of a run's log.</summary>
[Contract("a2a.push.work")]
internal sealed record PushWork(string Run, string Conversation, PushConfig Config, long After, RunState State);

/// <summary>How far it came, and why not further.</summary>
[Contract("a2a.push.worked")]
internal sealed record PushWorked(string Id, long Sent, RunState State, string? Failed);

/// <summary>Tries again. The agent tells itself.</summary>
/// <param name="Id">The configuration; null for asking the run.</param>
[Contract("a2a.push.again")]
internal sealed record PushAgain(string? Id);
