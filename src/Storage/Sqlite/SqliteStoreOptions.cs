using OrleansAgents.Agents;
using OrleansAgents.Topics;

namespace OrleansAgents.Sqlite;

/// <summary>How far a commit has gone when it is acknowledged.</summary>
public enum SqliteSynchronous
{
    /// <summary>It is on the disk: it survives a power loss.</summary>
    Full,

    /// <summary>The operating system has it: it survives the process, but a power loss may take the last ones.</summary>
    Normal,
}

/// <summary>Settings of the store in one SQLite file.</summary>
public sealed class SqliteStoreOptions
{
    /// <summary>The name of the file in <see cref="DataDirectory"/>.</summary>
    public const string FileName = "agents.db";

    /// <summary>
    /// The directory of the file, made at start when it is missing; a relative one counts from the working directory.
    /// <c>data</c> unless told. It must lie on a local disk, and one process may use it at a time.
    /// </summary>
    public string DataDirectory { get; set; } = "data";

    /// <summary>What a commit survives once it is acknowledged. <see cref="SqliteSynchronous.Full"/> unless told.</summary>
    public SqliteSynchronous Synchronous { get; set; } = SqliteSynchronous.Full;

    /// <summary>
    /// How many bytes of handled messages are kept for all agents together; beyond it the oldest are forgotten before
    /// <see cref="HandledWindow"/> says so. Messages not yet acknowledged are never forgotten. 1 GiB unless told.
    /// </summary>
    public long JournalBytes { get; set; } = 1L << 30;

    /// <summary>After how many commits the agents' rows are brought up to date. A start reads at most about as many again. 400,000 unless told.</summary>
    public int FoldCommits { get; set; } = 400_000;

    /// <summary>After how many bytes of new states the agents' rows are brought up to date; up to twice as many are held in memory. 64 MiB unless told.</summary>
    public long FoldBytes { get; set; } = 64L << 20;

    /// <summary>After what time the agents' rows are brought up to date, busy or idle. 5 seconds unless told.</summary>
    public TimeSpan FoldInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How many agents' etags are held in memory beside those with commits not yet in their rows. 200,000 unless told.</summary>
    public int CachedAgents { get; set; } = 200_000;

    /// <summary>The most commits that share one write. 4,096 unless told.</summary>
    public int GroupCommits { get; set; } = 4096;

    /// <summary>The size that the file beside the database, <c>agents.db-wal</c>, is kept near. 64 MiB unless told.</summary>
    public long WalBytes { get; set; } = 64L << 20;

    /// <summary>The window that the agents of the silo have too.</summary>
    internal HandledWindow Handled { get; set; } = new();

    /// <summary>How long the events of topics are kept.</summary>
    internal TopicRetention Topics { get; set; } = new();

    /// <summary>The path of the file.</summary>
    internal string File => Path.GetFullPath(Path.Combine(DataDirectory, FileName));
}
