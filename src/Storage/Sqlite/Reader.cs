namespace OrleansAgents.Sqlite;

/// <summary>A connection that only reads, with the statements for it.</summary>
internal sealed class Reader(Connection connection) : IDisposable
{
    private readonly Statement _begin = connection.Prepare("BEGIN");

    public Statement AgentByName { get; } = connection.Prepare($"SELECT {AgentRow.Columns}, state FROM agent WHERE kind = ?1 AND key = ?2");

    public Statement State { get; } = connection.Prepare("SELECT etag, state FROM agent WHERE id = ?1");

    public Statement Entry { get; } = connection.Prepare("SELECT body FROM journal WHERE seq = ?1");

    public Statement Spilled { get; } = connection.Prepare("SELECT body FROM outbox WHERE seq = ?1 AND item = ?2");

    public Statement Due { get; } = connection.Prepare("SELECT kind, key, wake FROM agent WHERE wake <= ?1 ORDER BY wake");

    public Statement Events { get; } = connection.Prepare(
        "SELECT position, at, body FROM event WHERE topic = (SELECT id FROM topic WHERE name = ?1) AND position > ?2 ORDER BY position LIMIT ?3");

    public Statement AllEvents { get; } = connection.Prepare(
        "SELECT e.position, e.at, e.body, e.place, t.name FROM event e JOIN topic t ON t.id = e.topic WHERE e.place > ?1 ORDER BY e.place LIMIT ?2");

    public Statement Bounds { get; } = connection.Prepare(
        "SELECT t.id, t.trimmed, (SELECT min(position) FROM event WHERE topic = t.id), (SELECT max(position) FROM event WHERE topic = t.id) FROM topic t WHERE t.name = ?1");

    public Statement EventTime { get; } = connection.Prepare("SELECT at FROM event WHERE topic = ?1 AND position = ?2");

    public Statement Audit { get; } = connection.Prepare("SELECT body FROM audit WHERE agent = ?1 AND sequence > ?2 ORDER BY sequence LIMIT ?3");

    public Statement AuditLast { get; } = connection.Prepare("SELECT body FROM audit WHERE agent = ?1 ORDER BY sequence DESC LIMIT 1");

    public Statement Checkpoint { get; } = connection.Prepare("SELECT checkpoint FROM mark");

    /// <summary>Runs within one transaction: everything read is of one moment.</summary>
    public T Read<T>(Func<Reader, T> read)
    {
        _begin.Run();
        try
        {
            return read(this);
        }
        finally
        {
            connection.Rollback();
        }
    }

    public void Dispose() => connection.Dispose();
}
