using System.Text;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Runs;

/// <summary>
/// Reports what comes of a piece of work while it is done, to the run that it is for. One report is on its way at a time,
/// and what is written meanwhile goes together with the next: tokens that come faster than the store takes them are put
/// together, and none waits when nothing is under way. When the work is done again, it writes its artifacts anew.
/// </summary>
public sealed class RunWriter
{
    private const int MostPending = 32 * 1024;

    private readonly AgentHost _host;
    private readonly AgentId _self, _run;
    private readonly Envelope _work;
    private readonly CancellationToken _stop;
    private readonly StringBuilder _pending = new();
    private readonly Guid _writer = Guid.CreateVersion7();
    private readonly HashSet<string> _begun = new(StringComparer.Ordinal);
    private string? _artifact;
    private Task _sending = Task.CompletedTask;

    internal RunWriter(AgentHost host, AgentId self, AgentId run, Envelope work, CancellationToken stop) =>
        (_host, _self, _run, _work, _stop) = (host, self, run, work, stop);

    /// <summary>The run's id.</summary>
    public string Id => _run.Key;

    /// <summary>Which attempt at the work this is, to the run.</summary>
    internal Guid Writer => _writer;

    /// <summary>
    /// Appends to a text artifact. It returns at once while little waits to be sent; <see cref="FlushAsync"/> waits until
    /// all is stored, and the runtime does so when the work ends.
    /// </summary>
    /// <param name="text">What to append.</param>
    /// <param name="artifact">The artifact's id; the first text of this attempt takes the place of what an earlier one wrote.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="AgentRefusedException">The run is over, or full.</exception>
    public async Task WriteAsync(string text, string artifact = "answer", CancellationToken cancellationToken = default)
    {
        if (_artifact is not null && _artifact != artifact)
        {
            await FlushAsync(cancellationToken);
        }

        _artifact = artifact;
        _pending.Append(text);
        if (_sending.IsCompleted)
        {
            await _sending;
            _sending = SendPendingAsync();
        }
        else if (_pending.Length > MostPending)
        {
            await FlushAsync(cancellationToken);
        }
    }

    /// <summary>Waits until all that was written is stored.</summary>
    /// <exception cref="AgentRefusedException">The run is over, or full.</exception>
    public async Task FlushAsync(CancellationToken cancellationToken = default)
    {
        await _sending.WaitAsync(cancellationToken);
        if (_pending.Length > 0)
        {
            _sending = SendPendingAsync();
            await _sending.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Reports something else, behind all that was written.</summary>
    /// <exception cref="AgentRefusedException">The run is over, or full.</exception>
    /// <exception cref="AgentTimeoutException">The run could not be reached.</exception>
    public async Task ReportAsync(RunReport report, CancellationToken cancellationToken = default)
    {
        await FlushAsync(cancellationToken);
        await SendAsync(report with { Writer = _writer });
    }

    private async Task SendPendingAsync()
    {
        while (_pending.Length > 0)
        {
            var text = _pending.ToString();
            _pending.Clear();
            await SendAsync(new RunReport(Artifact: new Artifact(_artifact!, [Part.Of(text)], Append: !_begun.Add(_artifact!)), Writer: _writer));
        }
    }

    private async Task SendAsync(RunReport report)
    {
        for (; ;)
        {
            var refusal = (await TryAsync(report)).Refusal;
            if (refusal?.Code == RunCodes.Superseded && report.Artifact is { Append: false } artifact)
            {
                var current = await TryAsync(new RunWriterRead(artifact.Id));
                refusal = current.Refusal;
                if (refusal is null)
                {
                    report = report with { Replaces = current.As<RunWriterOf>()!.Writer };
                    continue;
                }
            }

            if (refusal is null)
            {
                return;
            }

            // What came too late, or behind another attempt, is no word of the run's: the work is done again.
            throw refusal.Code is RefusalCodes.Expired or RefusalCodes.DeadlineExceeded or RunCodes.Superseded || RefusalCodes.IsTransient(refusal.Code)
                ? new AgentTimeoutException(_work.Id, refusal.Code, refusal.Message)
                : new AgentRefusedException(refusal);
        }
    }

    private ValueTask<Reply> TryAsync<TMessage>(TMessage report)
        where TMessage : notnull
    {
        var message = Envelope.Create(_self, _run, report)
            .With(new EnvelopeExtras { CausationId = _work.Id, ConversationId = _work.Extras?.ConversationId, TraceParent = _work.Extras?.TraceParent });
        return _host.AskAsync(_host.Cipher?.Seal(message) ?? message, askersDeadline: 0, _stop);
    }
}
