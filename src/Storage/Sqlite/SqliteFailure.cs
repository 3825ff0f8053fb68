using OrleansAgents.Agents;
using SQLitePCL;

namespace OrleansAgents.Sqlite;

/// <summary>SQLite did not do what it was asked to. The message is one sentence for people.</summary>
internal sealed class SqliteFailure(string file, int code, string detail) : AgentStoreException(Describe(file, code, detail))
{
    /// <summary>SQLite's extended result code.</summary>
    public int Code { get; } = code;

    private static string Describe(string file, int code, string detail) => (code & 0xFF) switch
    {
        raw.SQLITE_FULL => $"The disk that holds '{file}' is full, so nothing was written; free some space, and commits work again.",
        raw.SQLITE_READONLY => $"The file '{file}' cannot be written; give this process the right to write it and its directory.",
        raw.SQLITE_CANTOPEN or raw.SQLITE_PERM or raw.SQLITE_AUTH =>
            $"The file '{file}' cannot be opened ({detail}); check that its directory exists and that this process may write there.",
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB =>
            $"The file '{file}' is damaged or no database ({detail}); put a backup in its place, or move it away to begin anew.",
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED =>
            $"The file '{file}' is in use by another program ({detail}); end that program or set another DataDirectory.",
        raw.SQLITE_IOERR => $"The disk that holds '{file}' failed to read or write ({detail}, code {code}); check the disk and the system's log.",
        _ => $"SQLite failed on '{file}': {detail} (code {code}).",
    };
}
