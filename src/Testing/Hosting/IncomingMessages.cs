using System.Collections.Concurrent;
using Orleans.Runtime;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Testing.Hosting;

/// <summary>Stands where messages reach agents of a silo: cuts between silos, crashes and what an agent works on.</summary>
internal sealed class IncomingMessages(TestNetwork network, TestSiloLife silo) : IIncomingGrainCallFilter
{
    private readonly ConcurrentDictionary<(AgentId Agent, MessageId Message), byte> _running = new();

    /// <summary>The messages that an agent here handles or has waiting.</summary>
    public IReadOnlyList<MessageId> RunningAt(AgentId agent) => [.. _running.Keys.Where(r => r.Agent == agent).Select(r => r.Message)];

    public Task Invoke(IIncomingGrainCallContext context) =>
        OutgoingMessages.TryGetMessage(context.Request, out var envelope) ? HandleAsync(context, envelope) : context.Invoke();

    private async Task HandleAsync(IIncomingGrainCallContext context, Envelope envelope)
    {
        var from = RequestContext.Get(OutgoingMessages.SiloKey) as string;
        ThrowIfLost(envelope, from);
        var key = (envelope.Recipient, envelope.Id);
        _running[key] = 0;
        try
        {
            await context.Invoke();
        }
        finally
        {
            _running.TryRemove(key, out _);
        }

        ThrowIfLost(envelope, from);
        if (network.Faults?.StrikeAgent(envelope.Recipient, envelope.Id) == true)
        {
            network.Crash(envelope.Recipient);
        }
    }

    private void ThrowIfLost(Envelope envelope, string? from)
    {
        if (from is not null && network.IsCut(from, silo.Name))
        {
            throw new TimeoutException($"{envelope} was lost: the test cut {from} off from {silo.Name}.");
        }

        if (network.IsGone(silo, envelope.Recipient))
        {
            throw new TimeoutException($"{envelope} was lost: {envelope.Recipient} crashed.");
        }
    }
}
