using Microsoft.Extensions.Logging;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Sqlite;

/// <summary>The parts of a store that is open, put together and taken apart in order.</summary>
internal sealed class OpenStore
{
    private readonly StoreFile _file;
    private readonly Connection _connection;
    private readonly ILogger _logger;
    private readonly Checkpointer _checkpointer;
    private readonly ReaderPool _readers;
    private readonly EventTail _tail;
    private readonly AgentTable _table;
    private readonly Folding _folding;
    private readonly GroupWriter _groups;
    private readonly ITimer _upkeep;

    public OpenStore(StoreFile file, Connection connection, SqliteStoreOptions options, TimeProvider time, ContractCatalogue? catalogue, ILogger logger)
    {
        (_file, _connection, _logger) = (file, connection, logger);
        StoreSchema.Migrate(connection);
        var started = time.GetTimestamp();
        var table = _table = new AgentTable(options.CachedAgents);
        var rows = new AgentRows(connection, table);
        var progress = new Progress(connection);
        var (seq, entries, bytes) = Recovery.Run(connection, table, rows, progress.Current);
        var place = Math.Max(progress.Current.Place, connection.ReadNumber("SELECT max(place) FROM event"));
        var tail = _tail = new EventTail(place);
        var journal = new Journal(connection, seq, bytes);
        var topics = new TopicWriter(connection, place, tail);
        _folding = new Folding(connection, table, journal, progress, options, time);
        _groups = new GroupWriter(
            connection, table, rows, journal, progress, _folding, new Trimming(connection, table, rows, progress, options, time),
            topics, new TopicTrimming(connection, topics, progress, options, time), new AuditTable(connection), logger);
        _checkpointer = new Checkpointer(file, connection, options, logger);
        _readers = new ReaderPool(file);
        Agents = new AgentLoader(table, _readers, options.Handled, time, catalogue);
        Due = new DueReader(table, _readers);
        Audit = new AuditReader(table, _readers);
        Events = new EventReader(tail, _readers, catalogue);
        Backup = new StoreBackup(file);
        Writer = new StoreWriter(Queue, _groups, _checkpointer, options, logger);
        Writer.Start();
        _upkeep = time.CreateTimer(_ => Queue.TryAdd(StartUpkeep), state: null, options.FoldInterval, options.FoldInterval);
        StoreLog.Opened(logger, file.FilePath, entries, (long)time.GetElapsedTime(started).TotalMilliseconds);
    }

    public CommitQueue Queue { get; } = new();

    public StoreWriter Writer { get; }

    public AgentLoader Agents { get; }

    public DueReader Due { get; }

    public AuditReader Audit { get; }

    public EventReader Events { get; }

    public StoreBackup Backup { get; }

    public int AgentsInMemory => _table.Count;

    /// <summary>Whether nothing goes on without commits.</summary>
    public bool IsAtRest => !_groups.HasUpkeep && !_checkpointer.IsRunning;

    /// <summary>The writer's connection, for the writer's thread.</summary>
    public Connection Connection => _connection;

    /// <summary>Opens the file and takes in its journal.</summary>
    /// <exception cref="AgentStoreException">It cannot be used; the message is one sentence that says why and what to do.</exception>
    public static OpenStore Open(SqliteStoreOptions options, TimeProvider time, ContractCatalogue? catalogue, ILogger logger)
    {
        var file = StoreFile.Acquire(options);
        Connection? connection = null;
        try
        {
            connection = file.Connect(options.Synchronous);
            return new OpenStore(file, connection, options, time, catalogue, logger);
        }
        catch (Exception e)
        {
            connection?.Dispose();
            file.Dispose();
            throw e as AgentStoreException
                ?? new AgentStoreException($"The file '{file.FilePath}' cannot be read ({e.Message}); put a backup in its place, or move it away to begin anew.", e);
        }
    }

    /// <summary>Brings every row up to date and trims what is due. On the writer's thread, or after its end.</summary>
    public void Fold()
    {
        while (!_folding.IsUpToDate)
        {
            if (!_folding.IsRunning)
            {
                _folding.Start();
            }

            if (!_groups.Write([]))
            {
                return;
            }
        }
    }

    /// <summary>Writes what was handed in, brings every row up to date, and closes the file.</summary>
    public async ValueTask CloseAsync()
    {
        await _upkeep.DisposeAsync();
        Queue.Close();
        await Writer.Ended;
        _tail.Close();
        await _readers.CloseAsync();
        await Task.Run(CloseFile);
    }

    private void CloseFile()
    {
        if (Writer.Broken is null)
        {
            Fold();
            _checkpointer.Close();
        }

        _checkpointer.Dispose();
        _connection.Dispose();
        _file.Dispose();
        StoreLog.Closed(_logger, _file.FilePath);
    }

    private void StartUpkeep() => _groups.LookForAgedEvents = true;
}
