using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansAgents.Agents;
using OrleansAgents.Audit;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;

namespace OrleansAgents.Sqlite;

/// <summary>
/// Keeps agents and topics in one SQLite file. A commit is one row appended to a journal, written together with those of
/// other agents; agents' own rows follow later. What was acknowledged survives a crash of the process, and with
/// <see cref="SqliteSynchronous.Full"/> a power loss.
/// </summary>
/// <param name="options">The settings.</param>
/// <param name="time">The clock for ages; null for the system's.</param>
/// <param name="catalogue">Where the contracts of stored messages are found; null leaves them without their records.</param>
/// <param name="logger">Where it reports; null for nowhere.</param>
public sealed class SqliteAgentStore(
    SqliteStoreOptions options, TimeProvider? time = null, ContractCatalogue? catalogue = null, ILogger<SqliteAgentStore>? logger = null)
    : IAgentStore, ITopicLog, IAsyncDisposable, IDisposable
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly ILogger _logger = logger ?? NullLogger<SqliteAgentStore>.Instance;
    private readonly CommitPool _pool = new();
    private OpenStore? _open;

    /// <inheritdoc/>
    public int Partitions => 1;

    /// <summary>Opens the file, making it if it is missing, and takes in what a crash left in its journal. Does nothing when it is open.</summary>
    /// <exception cref="AgentStoreException">The file cannot be used; the message says why and what to do.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken = default)
    {
        if (SqliteOptionsValidation.FindFaults(options).FirstOrDefault() is { } fault)
        {
            throw new AgentStoreException(fault);
        }

        _open ??= await Task.Run(() => OpenStore.Open(options, _time, catalogue, _logger), cancellationToken);
    }

    /// <summary>Writes what was handed in before, and closes the file. Calls after that fail.</summary>
    public async ValueTask CloseAsync()
    {
        if (Interlocked.Exchange(ref _open, null) is { } open)
        {
            await open.CloseAsync();
        }
    }

    /// <summary>
    /// Copies everything committed into a new file while the store is in use. The WAL grows meanwhile, so there must be
    /// room for it too. To restore, stop the process and put the copy in the place of <c>agents.db</c>, without the files
    /// <c>agents.db-wal</c> and <c>agents.db-shm</c> beside it. Copying the files themselves is no backup.
    /// </summary>
    /// <param name="path">The new file. It appears when it is complete.</param>
    /// <param name="cancellationToken">Prevents the copy if it has not begun.</param>
    /// <exception cref="AgentStoreException">The copy could not be made; the message says why.</exception>
    public Task BackupAsync(string path, CancellationToken cancellationToken = default) => Opened.Backup.CopyAsync(path, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<AgentRecord?> LoadAsync(AgentId agent, CancellationToken cancellationToken) =>
        Opened.Agents.LoadAsync(agent, cancellationToken);

    /// <inheritdoc/>
    /// <remarks>A commit that was handed in is no longer cancelled: others may build on it.</remarks>
    public ValueTask CommitAsync(AgentId agent, AgentCommit commit, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        var pending = _pool.Rent();
        try
        {
            pending.Begin(_pool, agent, commit, _time.GetUtcNow(), EncodeEvents(agent, commit), EncodeAudit(commit));
        }
        catch (Exception e)
        {
            return ValueTask.FromException(new AgentStoreException($"A commit of {agent} cannot be written as bytes: {e.Message}", e));
        }

        // Its task is taken first: once in the queue it may be completed, and used again, at any time.
        var task = pending.Task;
        return _open is { } open && open.Queue.TryAdd(pending) ? task : ValueTask.FromException(NotOpen());
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<AgentId>> ReadDueAsync(DateTimeOffset until, int limit, CancellationToken cancellationToken) =>
        Opened.Due.ReadAsync(until, limit, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<AuditEntry>> ReadAuditAsync(AgentId agent, long after, int limit, CancellationToken cancellationToken) =>
        Opened.Audit.ReadAsync(agent, after, limit, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<TopicEvent>> ReadAsync(TopicId topic, long after, int limit, CancellationToken cancellationToken) =>
        Opened.Events.ReadAsync(topic, after, limit, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<long> FindAsync(TopicId topic, DateTimeOffset at, CancellationToken cancellationToken) =>
        Opened.Events.FindAsync(topic, at, cancellationToken);

    /// <inheritdoc/>
    public int PartitionOf(TopicId topic) => 0;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<LoggedEvent>> ReadAllAsync(int partition, long? after, int limit, CancellationToken cancellationToken) =>
        Opened.Events.ReadAllAsync(after, limit, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<long> LoadCheckpointAsync(int partition, CancellationToken cancellationToken) => Opened.Events.LoadCheckpointAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask SaveCheckpointAsync(int partition, long place, CancellationToken cancellationToken) =>
        await RunOnWriterAsync(open => open.Connection.Execute(
            string.Create(CultureInfo.InvariantCulture, $"UPDATE mark SET checkpoint = {place} WHERE checkpoint < {place}")));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => CloseAsync();

    /// <inheritdoc/>
    public void Dispose() => CloseAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>Runs something on the writer's thread between groups, with the store's parts.</summary>
    internal Task RunOnWriterAsync(Action<OpenStore> action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var open = Opened;
        return open.Queue.TryAdd(() =>
        {
            try
            {
                action(open);
                done.SetResult();
            }
            catch (Exception e)
            {
                // The writer's loop is none of theirs to end.
                done.SetException(e);
            }
        }) ? done.Task : throw NotOpen();
    }

    private OpenStore Opened => _open ?? throw NotOpen();

    private static byte[][] EncodeEvents(AgentId agent, AgentCommit commit)
    {
        if (commit.Events.Count == 0)
        {
            return [];
        }

        _ = new TopicId(agent.Key);
        return [.. commit.Events.Select(e => EnvelopeJson.ToBytes(e.Envelope))];
    }

    private static byte[][] EncodeAudit(AgentCommit commit) =>
        commit.Audit.Count == 0 ? [] : [.. commit.Audit.Select(AuditJson.ToBytes)];

    private AgentStoreException NotOpen() => new($"The store in '{options.File}' is not open: its silo has not started or has stopped.");
}
