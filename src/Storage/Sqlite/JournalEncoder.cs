using System.Buffers.Binary;
using OrleansAgents.Agents;
using OrleansAgents.Formats;
using OrleansAgents.Messaging;

namespace OrleansAgents.Sqlite;

/// <summary>
/// Writes a commit as the body of a journal entry: the header, then the name, handled messages, acknowledged ids,
/// outgoing messages and positions, and last the state, so that an entry is made shorter by leaving it off.
/// </summary>
internal static class JournalEncoder
{
    /// <summary>Writes a body and tells where its state begins. The writer fills in the header's numbers.</summary>
    public static (JournalHeader Header, int StateStart) Write(AgentId agent, AgentCommit commit, DateTimeOffset now, BodyBuffer body)
    {
        body.GetSpan(JournalHeader.Length);
        body.Advance(JournalHeader.Length);
        var parts = JournalParts.None;
        if (commit.Etag == 0)
        {
            parts |= JournalParts.Name;
            body.Text(agent.Kind);
            body.Text(agent.Key);
        }

        WriteHandled(commit.Handled, body);
        parts |= WriteAcknowledged(commit.Acknowledged, body);
        parts |= WriteOutgoing(commit.Outgoing, body);
        if (commit.Positions.Count > 0)
        {
            parts |= JournalParts.Positions;
            AgentRow.WritePositions(commit.Positions, body);
        }

        var stateStart = body.Length;
        if (commit.State is { } state)
        {
            parts |= JournalParts.State;
            body.Raw(state.Span);
        }

        var wake = commit.WakeAt is { } at ? Math.Max(1, at.UtcTicks) : 0;
        var lastEvent = commit.Events.Count > 0 ? commit.Events[^1].Position : 0;
        return (new JournalHeader(commit.Etag + 1, 0, commit.Handled.Count, now.UtcTicks, wake, lastEvent, parts), stateStart);
    }

    private static void WriteHandled(IReadOnlyList<HandledMessage> handled, BodyBuffer body)
    {
        body.Number(handled.Count);
        for (var i = 0; i < handled.Count; i++)
        {
            body.Id(handled[i].Id.Value);
            body.Int64(handled[i].At.UtcTicks);
            body.Number(handled[i].Reply is { } reply ? reply.Length + 1 : 0);
            body.Raw(handled[i].Reply.GetValueOrDefault().Span);
        }
    }

    private static JournalParts WriteAcknowledged(IReadOnlyList<MessageId> acknowledged, BodyBuffer body)
    {
        if (acknowledged.Count == 0)
        {
            return JournalParts.None;
        }

        body.Number(acknowledged.Count);
        for (var i = 0; i < acknowledged.Count; i++)
        {
            body.Id(acknowledged[i].Value);
        }

        return JournalParts.Acknowledged;
    }

    private static JournalParts WriteOutgoing(IReadOnlyList<OutgoingMessage> outgoing, BodyBuffer body)
    {
        if (outgoing.Count == 0)
        {
            return JournalParts.None;
        }

        body.Number(outgoing.Count);
        for (var i = 0; i < outgoing.Count; i++)
        {
            // The length goes in front of what it counts, once that is known.
            body.Raw([0, 0, 0, 0]);
            var start = body.Length;
            StoredMessages.WriteOutgoing(outgoing[i], body);
            BinaryPrimitives.WriteInt32LittleEndian(body.Written[(start - 4)..], body.Length - start);
        }

        return JournalParts.Outgoing;
    }
}
