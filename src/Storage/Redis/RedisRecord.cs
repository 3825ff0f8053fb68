using System.Buffers.Binary;
using System.Globalization;
using OrleansAgents.Agents;
using OrleansAgents.Audit;
using OrleansAgents.Formats;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;
using StackExchange.Redis;

namespace OrleansAgents.Redis;

/// <summary>Reads what <c>load.lua</c> answers.</summary>
internal static class RedisRecord
{
    /// <summary>What the fields of positions in topics begin with.</summary>
    public const string PositionField = "at:";

    public static void WriteHandled(HandledMessage message, BodyBuffer output)
    {
        output.Id(message.Id.Value);
        output.Int64(message.At.UtcTicks);
        output.Byte(message.Reply is null ? (byte)0 : (byte)1);
        output.Raw(message.Reply.GetValueOrDefault().Span);
    }

    public static string WriteHead(AuditEntry last) => string.Create(CultureInfo.InvariantCulture, $"{last.Sequence}:{last.Hash}");

    /// <exception cref="InvalidDataException">Something of it cannot be read.</exception>
    public static AgentRecord Read(RedisResult result, HandledWindow window, DateTimeOffset now, ContractCatalogue? catalogue)
    {
        var fields = (RedisValue[])result[0]!;
        var record = new AgentRecord { Etag = 0 };
        var positions = new List<TopicPosition>();
        for (var i = 0; i < fields.Length; i += 2)
        {
            var (name, value) = ((string)fields[i]!, fields[i + 1]);
            record = name switch
            {
                "etag" => record with { Etag = (long)value },
                "state" => record with { State = (byte[])value! },
                "wake" => record with { WakeAt = new DateTimeOffset((long)value, TimeSpan.Zero) },
                "last" => record with { LastEvent = (long)value },
                "audit" => record with { Audit = ReadHead((string)value!) },
                _ => record,
            };
            if (name.StartsWith(PositionField, StringComparison.Ordinal))
            {
                positions.Add(new TopicPosition(new TopicId(name[PositionField.Length..]), (long)value));
            }
        }

        return record with
        {
            Handled = ReadHandled((RedisValue[])result[1]!, window, now),
            Outgoing = ReadOutgoing((RedisValue[])result[2]!, catalogue),
            Positions = positions,
        };
    }

    private static AuditHead ReadHead(string text) =>
        text.Split(':') is [var sequence, var hash] && long.TryParse(sequence, CultureInfo.InvariantCulture, out var number)
            ? new AuditHead(number, hash)
            : throw new InvalidDataException("It does not say where its audit log ends.");

    private static List<HandledMessage> ReadHandled(RedisValue[] entries, HandledWindow window, DateTimeOffset now)
    {
        var handled = new List<HandledMessage>(entries.Length);
        foreach (var entry in entries)
        {
            var bytes = (ReadOnlyMemory<byte>)entry;
            var reader = new BodyReader(bytes.Span);
            var (id, at, hasReply) = (reader.Id(), reader.Time(), reader.Raw(1)[0] == 1);
            if (now - at <= window.Age)
            {
                handled.Add(new HandledMessage(id, at, hasReply ? bytes[reader.At..] : default(ReadOnlyMemory<byte>?)));
            }
        }

        return handled;
    }

    private static List<OutgoingMessage> ReadOutgoing(RedisValue[] entries, ContractCatalogue? catalogue)
    {
        var outgoing = new List<(long Turn, OutgoingMessage Message)>(entries.Length);
        foreach (var entry in entries)
        {
            var bytes = (ReadOnlyMemory<byte>)entry;
            outgoing.Add((BinaryPrimitives.ReadInt64BigEndian(bytes.Span), StoredMessages.ReadOutgoing(bytes[8..], catalogue)));
        }

        outgoing.Sort(static (a, b) => a.Turn.CompareTo(b.Turn));
        return outgoing.ConvertAll(static one => one.Message);
    }
}
