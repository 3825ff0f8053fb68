using OrleansAgents.Agents;

namespace OrleansAgents.Sqlite;

/// <summary>Copies the database while it is in use.</summary>
internal sealed class StoreBackup(StoreFile file)
{
    public Task CopyAsync(string path, CancellationToken cancellationToken) => Task.Run(() => Copy(Path.GetFullPath(path)), cancellationToken);

    private void Copy(string path)
    {
        if (File.Exists(path))
        {
            throw new AgentStoreException($"The backup '{path}' exists already; name a new file.");
        }

        // Under another name until it is complete and on the disk, so that half a backup is never taken for one.
        var partial = path + ".partial";
        try
        {
            File.Delete(partial);
            using (var connection = file.Connect(SqliteSynchronous.Full))
            using (var copy = connection.Prepare("VACUUM INTO ?1"))
            {
                copy.Bind(1, partial).Run();
            }

            using (var written = new FileStream(partial, FileMode.Open, FileAccess.ReadWrite))
            {
                written.Flush(flushToDisk: true);
            }

            File.Move(partial, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SqliteFailure)
        {
            Discard(partial);
            throw new AgentStoreException($"The backup '{path}' could not be made ({e.Message}); check that its directory exists and has room.", e);
        }
    }

    private static void Discard(string partial)
    {
        try
        {
            File.Delete(partial);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What matters is why the backup failed.
        }
    }
}
