using SQLitePCL;

namespace OrleansAgents.Sqlite;

/// <summary>A connection to the file. Not for two threads at a time.</summary>
internal sealed class Connection : IDisposable
{
    private readonly List<Statement> _statements = [];

    static Connection() => Batteries_V2.Init();

    private Connection(string path, sqlite3 handle) => (File, Handle) = (path, handle);

    public string File { get; }

    public sqlite3 Handle { get; }

    public bool InTransaction => raw.sqlite3_get_autocommit(Handle) == 0;

    public bool IsReadOnly => raw.sqlite3_db_readonly(Handle, "main") == 1;

    /// <exception cref="SqliteFailure">The file cannot be opened.</exception>
    public static Connection Open(string path)
    {
        var code = raw.sqlite3_open_v2(
            path, out var handle, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE | raw.SQLITE_OPEN_NOMUTEX, vfs: null);
        var connection = new Connection(path, handle);
        try
        {
            connection.Check(code);
            raw.sqlite3_extended_result_codes(handle, 1);
            // Only the start of a checkpoint and a recovery ever make one connection wait for another.
            raw.sqlite3_busy_timeout(handle, 10_000);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public Statement Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v3(Handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var handle));
        var statement = new Statement(this, handle);
        _statements.Add(statement);
        return statement;
    }

    public void Execute(string sql) => Check(raw.sqlite3_exec(Handle, sql));

    /// <summary>The first column of the first row; 0 when there is none or it is null.</summary>
    public long ReadNumber(string sql)
    {
        Check(raw.sqlite3_prepare_v2(Handle, sql, out var handle));
        using var statement = new Statement(this, handle);
        return statement.Step() ? statement.Number(0) : 0;
    }

    /// <summary>Ends a transaction without a trace, whatever SQLite made of it.</summary>
    public void Rollback()
    {
        if (InTransaction)
        {
            raw.sqlite3_exec(Handle, "ROLLBACK");
        }
    }

    public void Check(int code)
    {
        if (code is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            throw new SqliteFailure(File, code, raw.sqlite3_errmsg(Handle).utf8_to_string());
        }
    }

    public void Dispose()
    {
        _statements.ForEach(statement => statement.Dispose());
        Handle.Dispose();
    }
}
