using OrleansAgents.Agents;
using OrleansAgents.Topics;

namespace OrleansAgents.Sqlite;

/// <summary>A topic in memory, as it will be with the transaction under way.</summary>
internal sealed class TopicEntry(long id, TopicId topic)
{
    public long Id { get; } = id;

    public TopicId Topic { get; } = topic;

    /// <summary>The position of the last event.</summary>
    public long Last { get; set; }

    /// <summary>The bytes of all events ever appended.</summary>
    public long Total { get; set; }

    /// <summary>The bytes of those that are gone.</summary>
    public long TrimmedTotal { get; set; }
}

/// <summary>Appends events within the transactions of the commits that they came with.</summary>
internal sealed class TopicWriter(Connection connection, long place, EventTail tail)
{
    private const int MostCached = 50_000;

    private readonly Statement _find = connection.Prepare(
        "SELECT t.id, t.trimmed, t.total, e.position, e.total FROM topic t LEFT JOIN event e ON e.topic = t.id WHERE t.name = ?1 ORDER BY e.position DESC LIMIT 1");
    private readonly Statement _create = connection.Prepare("INSERT INTO topic(name, trimmed, total) VALUES(?1, 0, 0) RETURNING id");
    private readonly Statement _append = connection.Prepare("INSERT INTO event(place, topic, position, at, total, body) VALUES(?1, ?2, ?3, ?4, ?5, ?6)");
    private readonly Dictionary<TopicId, TopicEntry> _topics = [];
    private readonly List<(LoggedEvent Event, int Bytes)> _appended = [];
    private long _place = place;
    private long _nextPlace = place;

    /// <summary>Why the events cannot be appended; null when they can, and then they will be.</summary>
    public AgentStoreException? Stage(PendingCommit commit)
    {
        var topic = Find(new TopicId(commit.Agent.Key));
        var events = commit.Commit.Events;
        for (var i = 0; i < events.Count; i++)
        {
            if (events[i].Position != topic.Last + 1 + i)
            {
                return new AgentStoreException(
                    $"The topic '{topic.Topic}' goes on at position {topic.Last + 1 + i}, but {commit.Agent} appends an event at {events[i].Position}; no other agent may append to it.");
            }
        }

        topic.Last += events.Count;
        return null;
    }

    public void Append(PendingCommit commit)
    {
        if (commit.Events.Length == 0)
        {
            return;
        }

        var topic = Find(new TopicId(commit.Agent.Key));
        Grown.Add(topic);
        for (var i = 0; i < commit.Events.Length; i++)
        {
            var (one, body) = (commit.Commit.Events[i], commit.Events[i]);
            topic.Total += body.Length;
            _append.Bind(1, ++_nextPlace).Bind(2, topic.Id).Bind(3, one.Position).Bind(4, one.At.UtcTicks).Bind(5, topic.Total).Bind(6, body).Run();
            _appended.Add((new LoggedEvent(_nextPlace, topic.Topic, one), body.Length));
        }
    }

    /// <summary>The topics that were appended to since somebody looked at their size.</summary>
    public HashSet<TopicEntry> Grown { get; } = [];

    public void Commit()
    {
        _place = _nextPlace;
        if (_appended.Count > 0)
        {
            tail.Add(_appended);
            _appended.Clear();
        }

        if (_topics.Count > MostCached)
        {
            Forget();
        }
    }

    public void Undo()
    {
        Forget();
        _appended.Clear();
        _nextPlace = _place;
    }

    /// <summary>Has the topics read anew, because the file is no longer as memory says.</summary>
    public void Forget()
    {
        _topics.Clear();
        Grown.Clear();
    }

    private TopicEntry Find(TopicId name)
    {
        if (_topics.TryGetValue(name, out var known))
        {
            return known;
        }

        var found = _find.Bind(1, name.Name).Step();
        var topic = new TopicEntry(found ? _find.Number(0) : Create(name), name);
        if (found)
        {
            var empty = _find.IsNull(3);
            topic.TrimmedTotal = _find.Number(2);
            topic.Last = _find.Number(empty ? 1 : 3);
            topic.Total = _find.Number(empty ? 2 : 4);
        }

        _find.Reset();
        return _topics[name] = topic;
    }

    private long Create(TopicId name)
    {
        _create.Bind(1, name.Name).Step();
        var id = _create.Number(0);
        _create.Reset();
        return id;
    }
}
