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
        Parcel.Open(context.Request) is { } messages ? HandleAsync(context, messages) : context.Invoke();

    private async Task HandleAsync(IIncomingGrainCallContext context, IReadOnlyList<Envelope> messages)
    {
        var agent = Parcel.Address(context.TargetId);
        var from = RequestContext.Get(OutgoingMessages.SiloKey) as string;
        ThrowIfLost(messages[0], agent, from);
        var flight = network.Traffic.Begin(messages, messages[0].Sender, agent, silo);
        Array.ForEach([.. messages], m => _running[(agent, m.Id)] = 0);
        try
        {
            await context.Invoke();
        }
        finally
        {
            Array.ForEach([.. messages], m => _running.TryRemove((agent, m.Id), out _));
            _ = network.Traffic.EndAsync(flight, again: null);
        }

        ThrowIfLost(messages[0], agent, from);
        if (network.Faults is { } faults && messages.Select(m => faults.StrikeAgent(agent, m.Id)).ToList().Contains(true))
        {
            network.Crash(agent);
        }
    }

    private void ThrowIfLost(Envelope message, AgentId agent, string? from)
    {
        if (from is not null && network.IsCut(from, silo.Name))
        {
            throw new TimeoutException($"{message} was lost: the test cut {from} off from {silo.Name}.");
        }

        if (network.IsGone(silo, agent))
        {
            throw new TimeoutException($"{message} was lost: {agent} crashed.");
        }
    }
}
