using System.Text;
using OrleansAgents.Agents;
using OrleansAgents.Audit;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;

namespace OrleansAgents.Tests.Golden;

/// <summary>All that a store gives of what golden files hold, as lines.</summary>
internal static class StoreListing
{
    private static readonly AgentId[] Agents =
        ["pricer/eu", "reminder/0", "reminder/1", "reminder/2", "dead-letters/3", "topic/orders/eu", "till/eu"];

    public static async Task<string> ReadAsync<TStore>(TStore store, CancellationToken cancellationToken)
        where TStore : IAgentStore, ITopicLog
    {
        var text = new StringBuilder();
        foreach (var agent in Agents)
        {
            if (await store.LoadAsync(agent, cancellationToken) is { } record)
            {
                Write(text, agent, record);
                foreach (var entry in record.Audit is null ? [] : await store.ReadAuditAsync(agent, 0, 100, cancellationToken))
                {
                    text.Append($"  audit {Text(AuditJson.ToBytes(entry))}\n");
                }
            }
        }

        text.Append("events of orders/eu\n");
        foreach (var one in await store.ReadAsync("orders/eu", 0, 100, cancellationToken))
        {
            text.Append($"  {one.Position} {one.At:O} {Text(EnvelopeJson.ToBytes(one.Envelope))}\n");
        }

        var due = await store.ReadDueAsync(DateTimeOffset.MaxValue, 100, cancellationToken);
        text.Append($"due: {string.Join(", ", due.Select(d => d.ToString()).Order(StringComparer.Ordinal))}\n");
        text.Append($"checkpoint: {await store.LoadCheckpointAsync(store.PartitionOf("orders/eu"), cancellationToken)}\n");
        return text.ToString();
    }

    private static void Write(StringBuilder text, AgentId agent, AgentRecord record)
    {
        text.Append($"{agent} etag {record.Etag}, last event {record.LastEvent}, wake {record.WakeAt:O}\n");
        text.Append($"  state {(record.State is { } state ? Text(state) : "none")}\n");
        foreach (var handled in record.Handled)
        {
            text.Append($"  handled {handled.Id} {handled.At:O} {(handled.Reply is { } reply ? Text(reply) : "no reply")}\n");
        }

        foreach (var message in record.Outgoing)
        {
            text.Append($"  outgoing since {message.Since:O}, due {message.DueAt:O}, attempts {message.Attempts}: {Text(EnvelopeJson.ToBytes(message.Envelope))}\n");
        }

        foreach (var position in record.Positions)
        {
            text.Append($"  at {position.Topic} {position.Position}\n");
        }
    }

    private static string Text(ReadOnlyMemory<byte> json) => Encoding.UTF8.GetString(json.Span);
}
