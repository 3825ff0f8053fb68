using System.Collections.Concurrent;
using OrleansAgents.Agents;

namespace OrleansAgents.Sqlite;

/// <summary>A few connections for readers. Reading happens on threads of the pool, never on the caller's.</summary>
internal sealed class ReaderPool(StoreFile file)
{
    private static readonly int Most = Math.Clamp(Environment.ProcessorCount, 2, 8);

    private readonly SemaphoreSlim _free = new(Most);
    private readonly ConcurrentBag<Reader> _readers = [];
    private bool _closed;

    /// <exception cref="AgentStoreException">What was to be read cannot be.</exception>
    public async ValueTask<T> ReadAsync<T>(Func<Reader, T> read, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => Read(read), cancellationToken);
        }
        catch (Exception e) when (e is not (AgentStoreException or OperationCanceledException))
        {
            throw new AgentStoreException($"The file '{file.FilePath}' cannot be read: {e.Message}", e);
        }
        finally
        {
            _free.Release();
        }
    }

    /// <summary>Waits for those who read, refuses those who want to, and closes the connections.</summary>
    public async Task CloseAsync()
    {
        for (var taken = 0; taken < Most; taken++)
        {
            await _free.WaitAsync();
        }

        _closed = true;
        while (_readers.TryTake(out var reader))
        {
            reader.Dispose();
        }

        _free.Release(Most);
    }

    private T Read<T>(Func<Reader, T> read)
    {
        if (_closed)
        {
            throw new AgentStoreException($"The store in '{file.FilePath}' is closed.");
        }

        if (!_readers.TryTake(out var reader))
        {
            reader = new Reader(file.Connect(SqliteSynchronous.Normal));
        }

        try
        {
            return reader.Read(read);
        }
        finally
        {
            _readers.Add(reader);
        }
    }
}
