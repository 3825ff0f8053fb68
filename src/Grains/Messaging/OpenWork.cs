using System.Text.Json;
using Microsoft.Extensions.Logging;
using OrleansAgents.Agents;
using OrleansAgents.Runs;

namespace OrleansAgents.Messaging;

/// <summary>
/// Does an agent's work beside its turns, and brings it what came of each piece in one turn whose commit ends it. Until then
/// a durable agent's next activation does it again, under the same id. Runs on the agent's own scheduler.
/// </summary>
internal sealed partial class OpenWork(AgentTurns turns)
{
    private readonly AgentHost _host = turns.Host;
    private readonly Dictionary<MessageId, (string? Run, CancellationTokenSource Stop)> _pieces = [];
    private bool _isClosed;

    public bool IsIdle => _pieces.Count == 0;

    /// <summary>Whether a message that the store keeps is work.</summary>
    public static bool IsKept(OutgoingMessage message) => message.DueAt == DateTimeOffset.MaxValue && message.Envelope.Type == WorkRecord.ContractName;

    public void Start(Envelope kept)
    {
        if (!_isClosed && !_pieces.ContainsKey(kept.Id))
        {
            _ = DoAsync(kept);
        }
    }

    public IEnumerable<MessageId> FindFor(string run) => _pieces.Where(p => p.Value.Run == run).Select(p => p.Key).ToArray();

    /// <summary>Stops work that was withdrawn, or whose end was handled.</summary>
    public void End(MessageId id)
    {
        if (_pieces.Remove(id, out var piece))
        {
            piece.Stop.Cancel();
        }
    }

    /// <summary>Stops all work. What a volatile agent did is lost, and logged.</summary>
    public void Close()
    {
        _isClosed = true;
        if (turns.Commits is null && _pieces.Count > 0)
        {
            LogForgotten(_host.Logger, turns.Id, _pieces.Count);
        }

        foreach (var piece in _pieces.Values.ToArray())
        {
            piece.Stop.Cancel();
        }
    }

    private async Task DoAsync(Envelope kept)
    {
        // Not disposed of: what withdraws the work may come when it is over already.
        var stop = new CancellationTokenSource();
        _pieces[kept.Id] = (Run: null, stop);
        // The agent's start, or the turn that began it, comes to its end first.
        await Task.Yield();
        WorkRecord record;
        try
        {
            record = (WorkRecord)(_host.Cipher?.Open(kept) ?? kept).ReadPayload(Contract.Of<WorkRecord>());
        }
        catch (Exception e) when (e is AgentRefusedException or JsonException)
        {
            LogUnreadable(_host.Logger, turns.Id, kept.Id.Value, e);
            return;
        }

        if (!stop.IsCancellationRequested)
        {
            _pieces[kept.Id] = (record.Run, stop);
        }

        for (var attempt = 1; !stop.IsCancellationRequested; attempt++)
        {
            var (done, refusal) = await TryAsync(kept, record, attempt, stop.Token);
            if (refusal is not null && (refusal.Code != RefusalCodes.HandlerFailed || attempt > _host.Options.Delivery.MaxRetries))
            {
                done = new WorkFailed(kept.Id.Value, record.Type, refusal.Code, refusal.Message);
            }

            if (done is not null)
            {
                await FinishAsync(kept, record, done, stop.Token);
                return;
            }

            await PauseAsync(attempt, stop.Token);
        }
    }

    /// <summary>What came of the work, or why nothing did. Exactly one is null.</summary>
    private async Task<(object? Done, Refusal? Refusal)> TryAsync(Envelope kept, WorkRecord record, int attempt, CancellationToken stop)
    {
        var writer = record.Run is { } run ? new RunWriter(_host, turns.Id, RunAddress.Of(run), kept, stop) : null;
        try
        {
            if (turns.FindWork(Contract.Untyped(record.Type, record.Version)) is not { } worker)
            {
                return (null, new Refusal(RefusalCodes.UnknownContract, $"The kind '{turns.Id.Kind}' does no work of {record.Type} v{record.Version} any more."));
            }

            var work = record.Payload.Deserialize(worker.Contract.TypeInfo)!;
            var context = new WorkContext(kept.Id, turns.Id, attempt, writer, kept.Extras?.ConversationId);
            var done = await turns.WorkAsync(worker, work, context, stop);
            await (writer?.FlushAsync(stop) ?? Task.CompletedTask);
            return (done, null);
        }
        catch (AgentRefusedException e) when (!RefusalCodes.IsTransient(e.Refusal.Code))
        {
            return (null, e.Refusal);
        }
        catch (Exception e)
        {
            // The boundary: it is done again, and then the agent learns that it failed.
            if (!stop.IsCancellationRequested)
            {
                LogFailed(_host.Logger, turns.Id, record.Type, kept.Id.Value, attempt, e);
            }

            return (null, new Refusal(RefusalCodes.HandlerFailed, $"{record.Type} of {turns.Id} failed ({e.GetType().Name})."));
        }
    }

    /// <summary>Has the agent handle what came of the work.</summary>
    private async Task FinishAsync(Envelope kept, WorkRecord record, object done, CancellationToken stop)
    {
        IReadOnlyList<AgentId> way = record.Run is { } run ? [RunAddress.Of(run)] : [];
        // Under the work's own id, so that two activations cannot both have it handled.
        var message = Envelope.Create(turns.Id, turns.Id, done).WithId(kept.Id)
            .With((kept.Extras ?? new()) with { CorrelationId = kept.Id, Encryption = null, Hops = way });
        for (var attempts = 1; !stop.IsCancellationRequested && !_isClosed; attempts++)
        {
            var reply = await turns.DeliverOwnAsync(message);
            if (reply.Refusal is not { } refusal)
            {
                // The commit of a durable agent's turn has done it already.
                _pieces.Remove(kept.Id);
                return;
            }

            if (!Delivery.CanRepeat(reply) || (reply.Outcome == Outcome.Failed && attempts > _host.Options.Delivery.MaxRetries))
            {
                _pieces.Remove(kept.Id);
                turns.Outbox.GiveUp(new OutgoingMessage(message, _host.Time.GetUtcNow()) { Attempts = attempts }, refusal);
                return;
            }

            await PauseAsync(attempts, stop);
        }
    }

    private async Task PauseAsync(int attempts, CancellationToken stop) =>
        await Task.Delay(Delivery.Pause(_host.Options.Delivery, attempts, refusal: null), _host.Time, stop)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Agent} stops in the middle of {Count} pieces of work, and is volatile: they are lost")]
    private static partial void LogForgotten(ILogger logger, AgentId agent, int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "The work {Work} of {Agent} cannot be read, and waits for a silo that can")]
    private static partial void LogUnreadable(ILogger logger, AgentId agent, Guid work, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Type} of {Agent} failed at attempt {Attempt}; its id is {Work}")]
    private static partial void LogFailed(ILogger logger, AgentId agent, string type, Guid work, int attempt, Exception exception);
}

/// <summary>Work as it rests in the store. It is never sent.</summary>
/// <param name="Type">The contract of what is to be done.</param>
/// <param name="Version">Its version.</param>
/// <param name="Payload">What is to be done.</param>
/// <param name="Run">The run that it is for; null for none.</param>
[Contract(ContractName)]
internal sealed record WorkRecord(string Type, int Version, JsonElement Payload, string? Run)
{
    public const string ContractName = "agent.work";
}
