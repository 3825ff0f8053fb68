namespace OrleansAgents.A2A;

/// <summary>Answers with the card that only who has shown a key may see.</summary>
internal sealed class CardOperations(AgentCards cards, A2AKinds kinds, CardAddress address)
{
    public Task<A2AAnswer> GetExtendedAsync(A2ACall call, GetExtendedAgentCardRequest request)
    {
        call = call.With(request.Tenant);
        var url = address.Find(call.Context);
        // What is open to everybody is not kept from those who show nothing.
        var (kind, _) = kinds.Resolve(call);
        var card = kind is null ? cards.OfHost(url, isExtended: true) : cards.Of(kind, url, isExtended: true);
        return Task.FromResult(A2AAnswer.Of(card, A2AJson.Default.AgentCard));
    }
}
