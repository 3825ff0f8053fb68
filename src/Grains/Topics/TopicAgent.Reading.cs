using System.Runtime.CompilerServices;
using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Telemetry;

namespace OrleansAgents.Topics;

/// <content>Reading a topic from outside. What asks for it passes the gate once, at its beginning.</content>
internal sealed partial class TopicAgent
{
    private const int ReadAtOnce = 256;
    private TaskCompletionSource? _appended;

    public async IAsyncEnumerable<TopicReading> ReadAsync(Envelope request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await AdmitReadingAsync(request) is { } refusal)
        {
            // As an element, because an exception would lose its code on its way.
            yield return new TopicReading(null, Reply.Refused(refusal));
            yield break;
        }

        var start = (TopicRead)Open(request).ReadPayload(Contract.Of<TopicRead>());
        var log = FanOut.Log;
        var at = start.After
            ?? (start.At is { } time ? await log.FindAsync(new TopicId(Id.Key), time, cancellationToken) : Turns.Commits!.LastEvent);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, host.Stopping);
        while (!either.IsCancellationRequested)
        {
            var more = (_appended ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            var events = await log.ReadAsync(new TopicId(Id.Key), at, ReadAtOnce, cancellationToken);
            foreach (var one in events)
            {
                yield return new TopicReading(one, Reply.Accepted());
                at = one.Position;
            }

            if (events.Count == 0)
            {
                // The reader goes on where the topic does.
                await more.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            }
        }
    }

    private async ValueTask<Refusal?> AdmitReadingAsync(Envelope request)
    {
        if (await AdmitAsync(request) is { } refusal)
        {
            return refusal;
        }

        var fault = FindFault(request);
        if (fault is not null)
        {
            TurnTelemetry.Refused(Id.Kind, fault);
        }

        return fault;
    }

    /// <exception cref="AgentRefusedException">The request is sealed and does not open.</exception>
    private Envelope Open(Envelope request) => host.Cipher?.Open(request) ?? request;

    private Refusal? FindFault(Envelope request)
    {
        var contract = Contract.Of<TopicRead>();
        if (request.Type != contract.Name || request.Version != contract.Version)
        {
            return new Refusal(RefusalCodes.UnknownContract, $"A topic is read with {contract}, not with {request.Contract}.");
        }

        if (!TopicId.TryParse(Id.Key, out _, out var fault))
        {
            return new Refusal(RefusalCodes.BadAddress, fault);
        }

        try
        {
            return Open(request).ReadPayload(contract) is TopicRead { After: < 0 } or TopicRead { After: not null, At: not null }
                ? new Refusal(RefusalCodes.InvalidPayload, $"{contract} wants 'after', a position of 0 or more, or 'at', or neither.")
                : null;
        }
        catch (AgentRefusedException e)
        {
            return e.Refusal;
        }
        catch (JsonException)
        {
            var problems = PayloadProblems.Find(request, contract);
            return problems.Count > 0 ? Refusal.Of(problems) : new Refusal(RefusalCodes.InvalidPayload, $"The payload does not fit {contract}.");
        }
    }
}
