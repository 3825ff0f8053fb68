using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Patterns;

/// <summary>Conversations of several agents, started from a turn.</summary>
public static class GroupExtensions
{
    /// <summary>
    /// Lets several agents talk, after the commit: each is asked <see cref="GroupTurn"/> in its turn. What they say is kept,
    /// and published to the topic <c>groups/KEY</c>. In the end this agent is told <see cref="GroupEnded"/>, once.
    /// </summary>
    /// <param name="context">The turn.</param>
    /// <param name="group">Who talks about what, and for how long.</param>
    /// <param name="key">The group's key, the last part of a topic's name; null for one of its own.</param>
    /// <returns>The group's address.</returns>
    /// <exception cref="ArgumentException">The group is none, or the key; the message says why.</exception>
    /// <exception cref="FormatException"><paramref name="key"/> is no key of an address.</exception>
    /// <exception cref="InvalidOperationException">The turn is over, or is that of a query, or the agent does not handle <see cref="GroupEnded"/>.</exception>
    public static AgentId StartGroup(this AgentContext context, GroupStart group, string? key = null)
    {
        context.DemandHandlerOf<GroupEnded>();
        var id = PatternKinds.GroupOf(key ?? MessageId.New().ToString());
        if (GroupRun.FindFault(group, id.Key) is { } fault)
        {
            throw new ArgumentException(fault, nameof(group));
        }

        context.Tell(id, group);
        return id;
    }
}
