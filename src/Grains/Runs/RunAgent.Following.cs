using System.Runtime.CompilerServices;
using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Telemetry;

namespace OrleansAgents.Runs;

/// <content>The log as its readers see it: only what is stored, so that nobody reads what a crash takes back.</content>
internal sealed partial class RunAgent : IHandle<RunFollow, RunEvents>
{
    private TaskCompletionSource? _grown;
    private bool _isOver;

    public ValueTask<RunEvents> HandleAsync(RunFollow request, AgentContext context, CancellationToken cancellationToken)
    {
        DemandReader(context);
        RunCheck.Demand(request);
        var events = new List<RunEvent>();
        for (var at = request.After + 1; at <= _log.Last && events.Count < request.Limit; at++)
        {
            events.Add(JsonSerializer.Deserialize<RunEvent>(_log[at], PayloadJson.Options)!);
        }

        return new(new RunEvents(events, _isOver && request.After + events.Count >= _log.Last));
    }

    public async IAsyncEnumerable<RunReading> FollowAsync(Envelope request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (after, refusal) = await AdmitFollowingAsync(request);
        if (refusal is not null)
        {
            // As an element, because an exception would lose its code on its way.
            yield return new RunReading(0, null, Reply.Refused(refusal));
            yield break;
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, host.Stopping);
        for (var at = after; ;)
        {
            var grown = (_grown ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            while (at < _log.Last)
            {
                at++;
                yield return new RunReading(at, _log[at], Reply.Accepted());
            }

            if (_isOver)
            {
                // So that the run's end is not taken for the silo's.
                yield return new RunReading(at, null, Reply.Accepted());
                yield break;
            }

            await grown.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            if (either.IsCancellationRequested)
            {
                // Without the word that it is over: the reader goes on where the run does.
                yield break;
            }
        }
    }

    bool IMessageKeeper.TryKeep(OutgoingMessage message)
    {
        if (message.Envelope.Type != RunEvent.ContractName)
        {
            return false;
        }

        var opened = message.Envelope;
        if (host.Cipher is null || host.Cipher.TryOpen(message.Envelope, out opened!, out _))
        {
            // In the activation that wrote it, it still is a record.
            var one = (RunEvent)opened.ReadPayload(Contract.Of<RunEvent>());
            // A run that was forgotten may begin anew under its id.
            _isOver &= _log.Last > 0;
            _isOver |= one.State?.IsFinal() is true;
            _log.Add(one, opened.PayloadJson.ToArray(), message.Envelope.Id);
        }

        _grown?.TrySetResult();
        _grown = null;
        return true;
    }

    void IMessageKeeper.Release(MessageId message)
    {
        // Events go all at once, when the run is forgotten.
        if (_log.Last > 0 && State.Agent is null)
        {
            _log.Clear();
            _isOver = true;
            _grown?.TrySetResult();
            _grown = null;
        }
    }

    private async ValueTask<(long After, Refusal? Refusal)> AdmitFollowingAsync(Envelope request)
    {
        if (await AdmitAsync(request) is { } refusal)
        {
            return (0, refusal);
        }

        Refusal? fault = null;
        var after = 0L;
        try
        {
            after = RunCheck.ReadFollow(host.Cipher?.Open(request) ?? request);
            fault = State.Agent is null || request.Sender.ToString() != State.Owner ? RunCheck.UnknownRun(Id).Refusal : null;
        }
        catch (AgentRefusedException e)
        {
            fault = e.Refusal;
        }

        if (fault is not null)
        {
            TurnTelemetry.Refused(Id.Kind, fault);
        }

        return (after, fault);
    }
}
