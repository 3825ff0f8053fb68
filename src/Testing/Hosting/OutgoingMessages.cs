using System.Diagnostics.CodeAnalysis;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Testing.Faults;

namespace OrleansAgents.Testing.Hosting;

/// <summary>Stands where messages leave a silo, or a client when <paramref name="silo"/> is null, and lets the faults strike.</summary>
internal sealed class OutgoingMessages(TestNetwork network, TestSiloLife? silo = null) : IOutgoingGrainCallFilter
{
    internal const string SiloKey = "agents.testing.silo";

    // More steps than lie between the end of one call of an agent and the start of its next.
    private const int StepsToTheNextCall = 16;

    public Task Invoke(IOutgoingGrainCallContext context) =>
        !TryGetMessage(context.Request, out var envelope) || network.IsCopy(envelope)
            ? context.Invoke()
            : SendAsync(context, envelope, (context.SourceContext?.GrainInstance as Agent)?.Id ?? envelope.Sender);

    internal static bool TryGetMessage(IInvokable request, [NotNullWhen(true)] out Envelope? envelope)
    {
        envelope = request.GetArgumentCount() == 1 ? request.GetArgument(0) as Envelope : null;
        return envelope is not null;
    }

    private async Task SendAsync(IOutgoingGrainCallContext context, Envelope envelope, AgentId sender)
    {
        if (context.SourceContext is not null && network.IsGone(silo, sender))
        {
            // Nobody is there to repeat it: the agent or its silo crashed, and what is left runs out.
            throw new InvalidOperationException($"{sender} crashed before it could send {envelope}.");
        }

        var flight = network.Traffic.Begin(envelope, sender, silo);
        var comesAgain = true;
        try
        {
            await StrikeAsync(context, flight);
            comesAgain = context.Result is Reply { Refusal: { } refusal } && RefusalCodes.IsTransient(refusal.Code);
        }
        catch (Exception e) when (e is not (TimeoutException or OrleansException))
        {
            comesAgain = false;
            throw;
        }
        finally
        {
            _ = EndAsync(flight, comesAgain && !network.IsGone(silo, sender));
        }
    }

    private async Task StrikeAsync(IOutgoingGrainCallContext context, Flight flight)
    {
        var envelope = flight.Envelope;
        var fault = network.Faults?.StrikeMessage(flight.Sender, envelope.Recipient, envelope.Id);
        var link = $"{flight.Sender} -> {envelope.Recipient}";
        switch (fault?.Kind)
        {
            case FaultKind.DropRequest:
                throw Lost(envelope, fault);
            case FaultKind.Delay:
                await Task.Delay(fault.Time, network.Time, flight.Lost).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
                break;
            case FaultKind.Reorder:
                await network.NextOn(link).WaitAsync(fault.Time, network.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
                break;
            case FaultKind.Duplicate:
                ((IAgentGrain)context.Grain).DeliverAsync(network.Copy(envelope)).AsTask().Ignore();
                break;
            default:
                break;
        }

        await CallAsync(context, flight);
        if (fault?.Kind != FaultKind.Reorder)
        {
            network.Passed(link);
        }

        if (fault?.Kind == FaultKind.DropReply)
        {
            throw Lost(envelope, fault);
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
            throw new TimeoutException($"The answer to {flight.Envelope} was lost with a killed silo.", e);
        }
    }

    /// <summary>An agent that sends again at once must not look idle in between.</summary>
    private async Task EndAsync(Flight flight, bool comesAgain)
    {
        for (var step = 0; step < StepsToTheNextCall; step++)
        {
            await Task.Yield();
        }

        network.Traffic.End(flight, comesAgain);
    }

    private TimeoutException Lost(Envelope envelope, InjectedFault fault) =>
        new($"{envelope} was lost by the fault plan (seed {network.Faults!.Seed}): {fault}.");
}
