using Orleans.Runtime;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Testing.Faults;
using OrleansAgents.Topics;

namespace OrleansAgents.Testing.Hosting;

/// <summary>Stands where messages leave a silo, or a client when <paramref name="silo"/> is null, and lets the faults strike.</summary>
internal sealed class OutgoingMessages(TestNetwork network, TestSiloLife? silo = null) : IOutgoingGrainCallFilter
{
    internal const string SiloKey = "agents.testing.silo";

    public Task Invoke(IOutgoingGrainCallContext context)
    {
        if (Parcel.Cancelled(context.Request) is { } cancelled)
        {
            network.Traffic.Cancel(cancelled, Parcel.Address(context.TargetId));
        }

        return Parcel.Open(context.Request) is not { } messages || network.IsCopy(Parcel.Content(context.Request)!)
            ? context.Invoke()
            : SendAsync(context, messages, context.SourceContext?.GrainInstance as Agent);
    }

    private async Task SendAsync(IOutgoingGrainCallContext context, IReadOnlyList<Envelope> messages, Agent? agent)
    {
        var sender = agent?.Id ?? messages[0].Sender;
        if (agent is not null && network.IsGone(silo, sender))
        {
            // The agent or its silo crashed, and what is left of it runs out. It must not take this for an answer, which it might
            // still act on where its crash is over a moment before it is itself.
            throw new TimeoutException($"{sender} crashed before it could send {messages[0]}.");
        }

        var flight = network.Traffic.Begin(messages, sender, Parcel.Address(context.TargetId), silo);
        IEnumerable<Envelope> again = messages;
        try
        {
            await StrikeAsync(context, flight);
            again = Parcel.SentAgain(flight, context.Result);
        }
        catch (Exception e) when (e is not (TimeoutException or OrleansException))
        {
            again = [];
            throw;
        }
        finally
        {
            _ = network.Traffic.EndAsync(flight, silo is { IsLost: true } || network.IsGone(silo, sender) ? [] : [.. again]);
        }
    }

    private async Task StrikeAsync(IOutgoingGrainCallContext context, Flight flight)
    {
        var fault = Find(flight);
        switch (fault?.Kind)
        {
            case FaultKind.DropRequest:
                throw Lost(flight, fault);
            case FaultKind.Delay:
                await Task.Delay(fault.Time, network.Time, flight.Lost).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
                break;
            case FaultKind.Reorder:
                await network.NextOn(flight.Link).WaitAsync(fault.Time, network.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
                break;
            case FaultKind.Duplicate:
                SendCopy(context);
                break;
            default:
                break;
        }

        await CallAsync(context, flight);
        if (fault?.Kind != FaultKind.Reorder)
        {
            network.Passed(flight.Link);
        }

        if (fault?.Kind == FaultKind.DropReply)
        {
            throw Lost(flight, fault);
        }
    }

    /// <summary>Each message has a lot of its own, whichever others it travels with; the first that is struck decides.</summary>
    private InjectedFault? Find(Flight flight) => network.Faults is { } faults
        ? flight.Messages.Select(message => faults.StrikeMessage(flight.Sender, flight.Recipient, message.Id)).ToList().Find(fault => fault is not null)
        : null;

    private void SendCopy(IOutgoingGrainCallContext context)
    {
        var grain = (IAgentGrain)context.Grain;
        if (Parcel.Content(context.Request) is EventBatch batch)
        {
            grain.DeliverEventsAsync(network.Copied(new EventBatch(batch.Events))).AsTask().Ignore();
        }
        else if (Parcel.Content(context.Request) is Envelope message)
        {
            grain.DeliverAsync(network.Copied(message.WithId(message.Id))).AsTask().Ignore();
        }
    }

    private async Task CallAsync(IOutgoingGrainCallContext context, Flight flight)
    {
        if (silo is not null)
        {
            RequestContext.Set(SiloKey, silo.Name);
        }

        try
        {
            await context.Invoke().WaitAsync(flight.Lost);
        }
        catch (OperationCanceledException e) when (flight.Lost.IsCancellationRequested)
        {
            throw new TimeoutException($"The answer to {flight.Messages[0]} was lost with a killed silo.", e);
        }
    }

    private TimeoutException Lost(Flight flight, InjectedFault fault) =>
        new($"{flight.Messages[0]} was lost by the fault plan (seed {network.Faults!.Seed}): {fault}.");
}
