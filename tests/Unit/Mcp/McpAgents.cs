using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using OrleansAgents.Agents;
using OrleansAgents.Intelligence;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.Tests.Mcp;

[Contract("quote.ask"), Description("Asks for a price.")]
internal sealed record QuoteAsk([property: Range(1, 100)] int Count, string Sku = "A1") : IRequest<Quote>;

internal sealed record Quote(decimal Price);

[Contract("quote.count")]
internal sealed record QuoteCount : IQuery<int>;

[Contract("quote.forget")]
internal sealed record QuoteForget(string Agent);

[Contract("quote.tree")]
internal sealed record QuoteTree(string Name, QuoteTree[] Children) : IRequest<QuoteTree>;

[Contract("quote.old")]
internal sealed record QuoteOld(int Much) : IRequest<Quote>;

[Contract("quote.old", 2)]
internal sealed record QuoteNew(int Count) : IRequest<Quote>, IUpcastFrom<QuoteOld, QuoteNew>
{
    public static QuoteNew Upcast(QuoteOld old) => new(old.Much);
}

[Agent("quoter", Public = true, Description = "Knows prices.")]
internal sealed class QuoterAgent : Agent, IHandle<QuoteAsk, Quote>, IHandle<QuoteCount, int>, IHandle<QuoteForget>, IHandle<QuoteTree, QuoteTree>, IHandle<QuoteNew, Quote>
{
    public ValueTask<Quote> HandleAsync(QuoteAsk request, AgentContext context, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<int> HandleAsync(QuoteCount request, AgentContext context, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask HandleAsync(QuoteForget message, AgentContext context, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<QuoteTree> HandleAsync(QuoteTree request, AgentContext context, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<Quote> HandleAsync(QuoteNew request, AgentContext context, CancellationToken cancellationToken) => throw new NotSupportedException();
}

[Agent("talker", Public = true)]
internal sealed class TalkerAgent : Agent, IHandle<ChatSay, ChatSaid>
{
    public ValueTask<ChatSaid> HandleAsync(ChatSay request, AgentContext context, CancellationToken cancellationToken) =>
        new(new ChatSaid([Part.Of($"{Id.Key} heard {request.Parts[0].Text}")]));
}

[Agent("inside")]
internal sealed class InsideAgent : Agent, IHandle<QuoteAsk, Quote>
{
    public ValueTask<Quote> HandleAsync(QuoteAsk request, AgentContext context, CancellationToken cancellationToken) => throw new NotSupportedException();
}
