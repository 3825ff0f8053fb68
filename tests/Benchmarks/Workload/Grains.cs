using OrleansAgents.Agents;

namespace OrleansAgents.Tests.Workload;

/// <summary>The reference: a grain as anybody would write it.</summary>
[Alias("bench.IRawGrain")]
public interface IRawGrain : IGrainWithStringKey
{
    [Alias("Ask")]
    ValueTask<RawReply> AskAsync(RawRequest request);
}

[GrainType("bench-raw")]
internal sealed class RawGrain : Grain, IRawGrain
{
    public ValueTask<RawReply> AskAsync(RawRequest request) =>
        new(new RawReply(request.Customer, request.Product, Texts.Price, request.Currency, Texts.Terms));
}

/// <summary>The same work as an agent.</summary>
[Agent(Kind, Public = true)]
internal sealed class QuoteAgent : Agent, IHandle<Quote, QuoteReply>
{
    public const string Kind = "bench-quote";

    public ValueTask<QuoteReply> HandleAsync(Quote request, AgentContext context, CancellationToken cancellationToken) =>
        new(new QuoteReply(request.Customer, request.Product, Texts.Price, request.Currency, Texts.Terms));
}
