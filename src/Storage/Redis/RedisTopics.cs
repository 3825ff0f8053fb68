using System.Globalization;
using OrleansAgents.Messaging;
using OrleansAgents.Formats;
using OrleansAgents.Topics;
using StackExchange.Redis;

namespace OrleansAgents.Redis;

/// <summary>
/// Reads topics. Each topic is a Redis stream whose ids are the events' positions; each partition has a feed, a stream
/// that tells in which order its topics grew, and that readers follow.
/// </summary>
internal sealed class RedisTopics(RedisServers servers, RedisKeys keys, ContractCatalogue? catalogue)
{
    // A word that the feed has grown may be lost with a connection.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private readonly FeedSignals _signals = new(servers, keys);

    public void Close() => _signals.Close();

    public async Task<IReadOnlyList<TopicEvent>> ReadAsync(TopicId topic, long after, int limit)
    {
        var entries = await servers.Database.StreamRangeAsync(keys.Events(topic.Agent), Id(Math.Max(after, 0) + 1), "+", limit);
        return Array.ConvertAll(entries, ReadEvent);
    }

    public async Task<long> FindAsync(TopicId topic, DateTimeOffset at) =>
        (long)await servers.Database.ScriptEvaluateAsync(RedisScripts.Find, [keys.Agent(topic.Agent), keys.Events(topic.Agent)], [at.UtcTicks]);

    public async Task<IReadOnlyList<LoggedEvent>> ReadAllAsync(int partition, long? after, int limit, CancellationToken cancellationToken)
    {
        var place = after ?? (long)await servers.Database.StringGetAsync(keys.Place(partition));
        await _signals.StartAsync();
        while (true)
        {
            var more = _signals.Next(partition);
            var entries = await servers.Database.StreamRangeAsync(keys.Feed(partition), Id(place + 1), "+", limit);
            var events = await ReadAsync(entries);
            if (events.Count > 0)
            {
                return events;
            }

            if (entries.Length > 0)
            {
                // Retention was faster.
                place = Position(entries[^1].Id);
                continue;
            }

            await more.WaitAsync(LongestWait, TimeProvider.System, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    public async Task<long> LoadCheckpointAsync(int partition) => (long)await servers.Database.StringGetAsync(keys.Checkpoint(partition));

    public Task<RedisResult> SaveCheckpointAsync(int partition, long place) =>
        servers.Database.ScriptEvaluateAsync(RedisScripts.Checkpoint, [keys.Checkpoint(partition)], [place]);

    /// <summary>The events that entries of a feed tell of: those of one topic that follow one another in one read.</summary>
    private async Task<IReadOnlyList<LoggedEvent>> ReadAsync(StreamEntry[] entries)
    {
        var reads = new List<(TopicId Topic, long First, long Place, Task<StreamEntry[]> Read)>();
        for (int start = 0, end; start < entries.Length; start = end)
        {
            var (topic, first) = Target(entries[start]);
            for (end = start + 1; end < entries.Length && Target(entries[end]) == (topic, first + end - start);)
            {
                end++;
            }

            reads.Add((topic, first, Position(entries[start].Id), servers.Database.StreamRangeAsync(
                keys.Events(topic.Agent), Id(first), Id(first + end - start - 1))));
        }

        var events = new List<LoggedEvent>(entries.Length);
        foreach (var (topic, first, place, read) in reads)
        {
            foreach (var entry in await read)
            {
                var one = ReadEvent(entry);
                events.Add(new LoggedEvent(place + one.Position - first, topic, one));
            }
        }

        return events;
    }

    private static (TopicId Topic, long Position) Target(StreamEntry entry) => (new TopicId((string)entry["t"]!), (long)entry["p"]);

    private TopicEvent ReadEvent(StreamEntry entry) => new(
        Position(entry.Id), new DateTimeOffset((long)entry["t"], TimeSpan.Zero), StoredMessages.Read((byte[])entry["b"]!, catalogue));

    private static RedisValue Id(long position) => string.Create(CultureInfo.InvariantCulture, $"{position}-0");

    private static long Position(RedisValue id)
    {
        var text = (string)id!;
        return long.Parse(text.AsSpan(0, text.IndexOf('-', StringComparison.Ordinal)), CultureInfo.InvariantCulture);
    }
}
