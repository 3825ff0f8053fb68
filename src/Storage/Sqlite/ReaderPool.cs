using System.Collections.Concurrent;
using OrleansAgents.Agents;

namespace OrleansAgents.Sqlite;

/// <summary>A few connections for readers. Reading happens on threads of the pool, never on the caller's.</summary>
internal sealed class ReaderPool(StoreFile file) : IDisposable
{
    private readonly SemaphoreSlim _free = new(Math.Clamp(Environment.ProcessorCount, 2, 8));
    private readonly ConcurrentBag<Reader> _readers = [];

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

    public void Dispose()
    {
        while (_readers.TryTake(out var reader))
        {
            reader.Dispose();
        }

        _free.Dispose();
    }

    private T Read<T>(Func<Reader, T> read)
    {
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
