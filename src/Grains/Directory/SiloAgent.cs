using Orleans.Placement;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Directory;

/// <summary>Tells what is active on the silo that its key names, on which it lives.</summary>
[Agent(SiloKind.Name, Description = "Tells which agents are active on the silo that its key names.")]
[OwnSilo, Immovable]
internal sealed class SiloAgent(AgentKinds kinds) : Agent, IHandle<SiloList, SiloAddresses>, IHandle<SiloAgents, SiloPage>, IHandle<SiloDescribe, SiloDescription>
{
    public ValueTask<SiloAddresses> HandleAsync(SiloList request, AgentContext context, CancellationToken cancellationToken) =>
        new(new SiloAddresses([.. ListSilos().Order(StringComparer.Ordinal)]));

    public ValueTask<SiloPage> HandleAsync(SiloAgents request, AgentContext context, CancellationToken cancellationToken)
    {
        DemandOwnSilo(context);
        if (request.Limit is < 1 or > SiloAgents.MaxLimit)
        {
            throw new AgentRefusedException(RefusalCodes.InvalidPayload, $"The member 'limit' is 1 to {SiloAgents.MaxLimit}.");
        }

        AgentId? after = null;
        if (request.After is not null)
        {
            after = AgentId.TryParse(request.After, defaultKind: null, out var id, out _)
                ? id
                : throw new AgentRefusedException(RefusalCodes.InvalidPayload, "The member 'after' is no address.");
        }

        var (page, total) = context.Host.Active.List(request.Kind, request.Prefix, after, request.Limit);
        return new(new SiloPage([.. page.Select(agent => agent.ToString())], total));
    }

    public ValueTask<SiloDescription> HandleAsync(SiloDescribe request, AgentContext context, CancellationToken cancellationToken)
    {
        DemandOwnSilo(context);
        var counts = context.Host.Active.Count();
        return new(new SiloDescription(Id.Key, counts.Sum(k => k.Count), [.. counts.Select(k => new ActiveKind(k.Kind, k.Count))]));
    }

    private void DemandOwnSilo(AgentContext context)
    {
        if (Id.Key == context.Host.Silo.ToParsableString())
        {
            return;
        }

        // The silo may not have been known yet where this one was placed; the next message places it anew.
        DeactivateOnIdle();
        throw new AgentRefusedException(ListSilos().Contains(Id.Key, StringComparer.Ordinal)
            ? TurnFailure.Stopping(Id)
            : new Refusal(SiloKind.Gone, $"There is no silo '{PlainText.Show(Id.Key, PlainText.Quoted)}' in the cluster now; the query {Contract.Of<SiloList>().Name} to {SiloKind.Name}/{SiloKind.Any} names those there are."));
    }

    private IEnumerable<string> ListSilos() => kinds.FindSilos(SiloKind.Name).Select(silo => silo.ToParsableString());
}
