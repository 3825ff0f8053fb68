using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace OrleansAgents.Sqlite;

/// <summary>
/// Copies the WAL into the database beside the writer, so that the writer itself has little left to copy before the WAL
/// begins anew. A reader that stays long, such as a backup, keeps it from that, and the WAL grows meanwhile.
/// </summary>
internal sealed class Checkpointer(StoreFile file, Connection writer, SqliteStoreOptions options, ILogger logger) : IDisposable
{
    private const int Little = 512;
    private const int MostPasses = 8;

    private readonly Connection _connection = file.Connect(SqliteSynchronous.Normal);
    private long _frames;
    private Task<bool>? _running;

    public bool IsRunning => _running is { IsCompleted: false };

    /// <summary>Called by the writer after each commit.</summary>
    public void Note()
    {
        raw.sqlite3_db_status(writer.Handle, raw.SQLITE_DBSTATUS_CACHE_WRITE, out var written, out _, 1);
        _frames += written;
        if (_running is { IsCompleted: true } done)
        {
            _running = null;
            // Whether it worked or not, the next attempt comes after as many frames again.
            _frames = 0;
            if (done.Result)
            {
                Finish();
            }
        }
        else if (_running is null && _frames * StoreFile.PageSize >= options.WalBytes)
        {
            _running = Task.Run(CopyMost);
        }
    }

    /// <summary>Empties the WAL at the end, when nobody else uses the file any more.</summary>
    public void Close()
    {
        _running?.Wait();
        try
        {
            writer.Check(raw.sqlite3_wal_checkpoint_v2(writer.Handle, "main", raw.SQLITE_CHECKPOINT_TRUNCATE, out _, out _));
        }
        catch (SqliteFailure e)
        {
            // The WAL keeps everything until the next start.
            StoreLog.CheckpointFailed(logger, e);
        }
    }

    public void Dispose() => _connection.Dispose();

    private bool CopyMost()
    {
        try
        {
            for (var (pass, left) = (0, int.MaxValue); pass < MostPasses && left > Little; pass++)
            {
                left = Copy(_connection);
            }

            return true;
        }
        catch (SqliteFailure e)
        {
            StoreLog.CheckpointFailed(logger, e);
            return false;
        }
    }

    private void Finish()
    {
        try
        {
            Copy(writer);
        }
        catch (SqliteFailure e)
        {
            StoreLog.CheckpointFailed(logger, e);
        }
    }

    private static int Copy(Connection connection)
    {
        var code = raw.sqlite3_wal_checkpoint_v2(connection.Handle, "main", raw.SQLITE_CHECKPOINT_PASSIVE, out var frames, out var copied);
        if (code != raw.SQLITE_BUSY)
        {
            connection.Check(code);
        }

        return frames - copied;
    }
}
