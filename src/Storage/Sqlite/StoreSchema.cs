using OrleansAgents.Agents;

namespace OrleansAgents.Sqlite;

/// <summary>The tables, and the way from each version of them to the next.</summary>
internal static class StoreSchema
{
    /// <summary>The version that this program writes, which is the number of steps.</summary>
    public static int Version => Steps.Length;

    /// <summary>Marks the file as ours: "OrAg".</summary>
    private const int ApplicationId = 0x4F724167;

    // Step n leads from version n to n + 1. A step that was released never changes.
    private static readonly string[] Steps =
    [
        """
        CREATE TABLE mark(id INTEGER PRIMARY KEY CHECK(id = 1), folded INTEGER NOT NULL, trimmed INTEGER NOT NULL, bytes INTEGER NOT NULL, place INTEGER NOT NULL);
        INSERT INTO mark VALUES(1, 0, 0, 0, 0);
        CREATE TABLE journal(seq INTEGER PRIMARY KEY, agent INTEGER NOT NULL, body BLOB NOT NULL);
        CREATE TABLE agent(id INTEGER PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL, etag INTEGER NOT NULL, wake INTEGER, head INTEGER NOT NULL,
            handled INTEGER NOT NULL, last_event INTEGER NOT NULL, positions BLOB, open BLOB, state BLOB);
        CREATE UNIQUE INDEX agent_name ON agent(kind, key);
        CREATE INDEX agent_wake ON agent(wake) WHERE wake IS NOT NULL;
        CREATE TABLE outbox(seq INTEGER NOT NULL, item INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY(seq, item)) WITHOUT ROWID;
        CREATE TABLE topic(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, trimmed INTEGER NOT NULL, total INTEGER NOT NULL);
        CREATE TABLE event(place INTEGER PRIMARY KEY, topic INTEGER NOT NULL, position INTEGER NOT NULL, at INTEGER NOT NULL, total INTEGER NOT NULL, body BLOB NOT NULL);
        CREATE UNIQUE INDEX event_position ON event(topic, position);
        """,
        """
        ALTER TABLE mark ADD COLUMN checkpoint INTEGER NOT NULL DEFAULT 0;
        UPDATE mark SET checkpoint = coalesce((SELECT max(place) FROM event), place);
        """,
        """
        CREATE TABLE audit(agent INTEGER NOT NULL, sequence INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY(agent, sequence)) WITHOUT ROWID;
        """,
    ];

    /// <summary>Brings the file to this program's version, each step in a transaction of its own.</summary>
    /// <exception cref="AgentStoreException">The file is of a newer version or of another program.</exception>
    public static void Migrate(Connection connection)
    {
        var version = connection.ReadNumber("PRAGMA user_version");
        if (version > Version)
        {
            throw new AgentStoreException(
                $"The file '{connection.File}' was written by a newer version of this program (schema {version}, this one knows {Version}); start that version, or put a backup in its place.");
        }

        var application = connection.ReadNumber("PRAGMA application_id");
        if (application != ApplicationId && (version != 0 || application != 0 || connection.ReadNumber("SELECT count(*) FROM sqlite_schema") != 0))
        {
            throw new AgentStoreException(
                $"The file '{connection.File}' belongs to another program; move it away or set another DataDirectory.");
        }

        for (; version < Version; version++)
        {
            connection.Execute($"BEGIN IMMEDIATE; PRAGMA application_id = {ApplicationId}; {Steps[version]} PRAGMA user_version = {version + 1}; COMMIT");
        }
    }
}
