using OrleansAgents.Agents;

namespace OrleansAgents.Sqlite;

/// <summary>
/// The file while this process has it: a lock beside it keeps every other process out, and ends with the process however
/// that ends.
/// </summary>
internal sealed class StoreFile : IDisposable
{
    public const int PageSize = 8192;

    private readonly FileStream _lock;

    private StoreFile(string path, FileStream fileLock) => (FilePath, _lock) = (path, fileLock);

    public string FilePath { get; }

    /// <exception cref="AgentStoreException">The directory or the file cannot be written, or another process has it.</exception>
    public static StoreFile Acquire(SqliteStoreOptions options)
    {
        var path = options.File;
        var directory = Path.GetDirectoryName(path)!;
        try
        {
            System.IO.Directory.CreateDirectory(directory);
            CheckWritable(new DirectoryInfo(directory), new FileInfo(path));
            // Not on the database itself: closing any handle of it would drop SQLite's own locks.
            return new StoreFile(path, new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (UnauthorizedAccessException e)
        {
            throw new AgentStoreException($"The directory '{directory}' cannot be written; give this process the right to write it, or set another DataDirectory.", e);
        }
        catch (IOException e) when (File.Exists(path + ".lock"))
        {
            throw new AgentStoreException($"The file '{path}' is in use by another process; stop that process or set another DataDirectory.", e);
        }
        catch (IOException e)
        {
            throw new AgentStoreException($"The directory '{directory}' cannot be used ({e.Message}); set another DataDirectory.", e);
        }
    }

    /// <summary>A connection with the settings that all share.</summary>
    public Connection Connect(SqliteSynchronous synchronous)
    {
        var connection = Connection.Open(FilePath);
        try
        {
            connection.Execute($"PRAGMA page_size = {PageSize}");
            connection.Execute("PRAGMA journal_mode = WAL");
            connection.Execute(synchronous == SqliteSynchronous.Full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
            // Checkpoints run beside the writer, never within a commit.
            connection.Execute("PRAGMA wal_autocheckpoint = 0");
            if (connection.IsReadOnly)
            {
                throw ReadOnly(FilePath);
            }

            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public void Dispose() => _lock.Dispose();

    // Said here in words, also for a privileged user, whom the system would let through.
    private static void CheckWritable(DirectoryInfo directory, FileInfo file)
    {
        if (directory.Attributes.HasFlag(FileAttributes.ReadOnly))
        {
            throw new UnauthorizedAccessException();
        }

        if (file is { Exists: true, IsReadOnly: true })
        {
            throw ReadOnly(file.FullName);
        }
    }

    private static AgentStoreException ReadOnly(string path) =>
        new($"The file '{path}' is read-only; give this process the right to write it, or set another DataDirectory.");
}
