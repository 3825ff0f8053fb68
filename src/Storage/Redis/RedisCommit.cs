using System.Globalization;
using OrleansAgents.Agents;
using OrleansAgents.Audit;
using OrleansAgents.Formats;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;
using StackExchange.Redis;

namespace OrleansAgents.Redis;

/// <summary>Writes a commit as the arguments of <c>commit.lua</c>, which takes them in this order.</summary>
internal sealed class RedisCommit(RedisKeys keys, RedisStoreOptions options, TimeProvider time)
{
    // A clock that runs behind another must not have Redis let go what a reader still counts in.
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(1);

    public RedisKey[] Keys(AgentId agent, AgentCommit commit)
    {
        var partition = keys.PartitionOf(agent);
        return
        [
            keys.Agent(agent), keys.Handled(agent), keys.Outgoing(agent), keys.Events(agent),
            keys.Wake(partition), keys.Feed(partition), keys.Place(partition),
            .. commit.Audit.Count > 0 ? [keys.Audit(agent)] : Array.Empty<RedisKey>(),
        ];
    }

    public RedisValue[] Arguments(AgentId agent, AgentCommit commit)
    {
        var now = time.GetUtcNow();
        var body = new BodyBuffer();
        var arguments = new List<RedisValue>(16) { agent.ToString(), commit.Etag };
        arguments.Add(commit.WakeAt is { } wake ? wake.UtcTicks : RedisValue.EmptyString);
        arguments.Add(commit.WakeAt is { } at ? Score(at) : RedisValue.EmptyString);
        AddEvents(arguments, agent, commit.Events, now, body);
        arguments.Add(commit.State is null ? 0 : 1);
        if (commit.State is { } state)
        {
            arguments.Add(state);
        }

        AddHandled(arguments, commit.Handled, now, body);
        arguments.Add(commit.Acknowledged.Count);
        for (var i = 0; i < commit.Acknowledged.Count; i++)
        {
            arguments.Add(Bytes(commit.Acknowledged[i]));
        }

        arguments.Add(commit.Outgoing.Count);
        for (var i = 0; i < commit.Outgoing.Count; i++)
        {
            StoredMessages.WriteOutgoing(commit.Outgoing[i], body);
            arguments.Add(Bytes(commit.Outgoing[i].Envelope.Id));
            arguments.Add(Take(body));
        }

        arguments.Add(commit.Positions.Count);
        for (var i = 0; i < commit.Positions.Count; i++)
        {
            arguments.Add(RedisRecord.PositionField + commit.Positions[i].Topic.Name);
            arguments.Add(commit.Positions[i].Position);
        }

        if (commit.Audit.Count > 0)
        {
            AddAudit(arguments, commit.Audit);
        }

        return [.. arguments];
    }

    // The first sequence comes last, where the script finds it before it writes anything.
    private static void AddAudit(List<RedisValue> arguments, IReadOnlyList<AuditEntry> entries)
    {
        arguments.Add(entries.Count);
        for (var i = 0; i < entries.Count; i++)
        {
            arguments.Add(AuditJson.ToBytes(entries[i]));
        }

        arguments.Add(RedisRecord.WriteHead(entries[^1]));
        arguments.Add(entries[0].Sequence);
    }

    /// <summary>What a time counts in the wake index: milliseconds, which its numbers hold exactly. Rounded up, so that nobody is woken early.</summary>
    public static long Score(DateTimeOffset at) => (at.UtcTicks + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond;

    private void AddEvents(List<RedisValue> arguments, AgentId agent, IReadOnlyList<TopicEvent> events, DateTimeOffset now, BodyBuffer body)
    {
        arguments.Add(events.Count);
        if (events.Count == 0)
        {
            return;
        }

        arguments.Add(events[0].Position);
        arguments.Add((RedisValue)(string)keys.Channel!);
        arguments.Add(keys.PartitionOf(agent));
        arguments.Add(agent.Key);
        for (var i = 0; i < events.Count; i++)
        {
            EnvelopeJson.Write(events[i].Envelope, body);
            arguments.Add(events[i].At.UtcTicks);
            arguments.Add(Take(body));
        }

        arguments.Add(options.Topics.Bytes);
        AddAge(arguments, now, options.Topics.Age);
    }

    private void AddHandled(List<RedisValue> arguments, IReadOnlyList<HandledMessage> handled, DateTimeOffset now, BodyBuffer body)
    {
        arguments.Add(handled.Count);
        if (handled.Count == 0)
        {
            return;
        }

        for (var i = 0; i < handled.Count; i++)
        {
            RedisRecord.WriteHandled(handled[i], body);
            arguments.Add(Take(body));
        }

        arguments.Add(options.Handled.Count);
        AddAge(arguments, now, options.Handled.Age);
    }

    /// <summary>From when on things are kept, and after how many milliseconds of rest all of them are too old.</summary>
    private static void AddAge(List<RedisValue> arguments, DateTimeOffset now, TimeSpan age)
    {
        arguments.Add(age.Ticks < now.UtcTicks ? now.UtcTicks - age.Ticks : 0);
        arguments.Add((long)Math.Min(age.TotalMilliseconds + Slack.TotalMilliseconds, TimeSpan.FromDays(36_500).TotalMilliseconds));
    }

    private static byte[] Bytes(MessageId id) => id.Value.ToByteArray();

    private static byte[] Take(BodyBuffer body)
    {
        var bytes = body.Written.ToArray();
        body.Clear();
        return bytes;
    }
}
