using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;

namespace OrleansAgents.Tests.Agents;

[Contract("test.quote", 1)]
public sealed record Quote1(string Sku) : IRequest<Quoted1>;

public sealed record Quoted1(string Sku, int Price);

[Contract("test.quote", 2)]
public sealed record Quote2(string Sku, int Count) : IRequest<Quoted2>, IUpcastFrom<Quote1, Quote2>
{
    public static Quote2 Upcast(Quote1 old) => new(old.Sku, 1);
}

public sealed record Quoted2(string Sku, int Price, string By);

[Contract("test.quote", 3)]
public sealed record Quote3(string Sku, int Count, string Currency) : IRequest<Quoted2>, IUpcastFrom<Quote2, Quote3>
{
    public static Quote3 Upcast(Quote2 old) => new(old.Sku, old.Count, "EUR");
}

/// <summary>A version that no class of the tests handles.</summary>
[Contract("test.quote", 9)]
public sealed record Quote9 : IRequest<Quoted2>;

[Contract("test.quotes")]
public sealed record ReadQuotes : IQuery<Total>;

/// <summary>Has the agent tell, publish or schedule a quote of the first or the second version.</summary>
[Contract("test.pass-quote")]
public sealed record PassQuote(string To, int Version, int AfterMs = 0);

/// <summary>The class of the kind before the upgrade. Only the silos that a test gives the label host it.</summary>
[Agent("quoter", Label = "old")]
internal sealed class OldQuoterAgent : Agent<AccountState>, IHandle<Quote1, Quoted1>, IHandle<ReadQuotes, Total>
{
    public ValueTask<Quoted1> HandleAsync(Quote1 request, AgentContext context, CancellationToken cancellationToken) =>
        new(new Quoted1(request.Sku, ++State.Total));

    public ValueTask<Total> HandleAsync(ReadQuotes request, AgentContext context, CancellationToken cancellationToken) => new(new Total(State.Total));
}

/// <summary>The class of the kind behind the upgrade.</summary>
[Agent("quoter", Label = "new")]
internal sealed class NewQuoterAgent : Agent<AccountState>,
    IHandle<Quote3, Quoted2>, IHandle<ReadQuotes, Total>, IHandle<SubscribeTo, Total>
{
    public ValueTask<Quoted2> HandleAsync(Quote3 request, AgentContext context, CancellationToken cancellationToken)
    {
        State.Total += request.Count;
        return new(new Quoted2(request.Sku, State.Total, $"new {request.Currency}"));
    }

    public ValueTask<Total> HandleAsync(ReadQuotes request, AgentContext context, CancellationToken cancellationToken) => new(new Total(State.Total));

    public async ValueTask<Total> HandleAsync(SubscribeTo request, AgentContext context, CancellationToken cancellationToken)
    {
        await context.SubscribeAsync(new TopicId(request.Topic), cancellationToken);
        return new Total(0);
    }
}

/// <summary>A class that has dropped the first version.</summary>
[Agent("quoter", Label = "strict")]
internal sealed class StrictQuoterAgent : Agent<AccountState>, IHandle<Strict2, Quoted2>
{
    public ValueTask<Quoted2> HandleAsync(Strict2 request, AgentContext context, CancellationToken cancellationToken) =>
        new(new Quoted2("", ++State.Total, "strict"));
}

/// <summary>Version 2 of another contract, which is made of no other.</summary>
[Contract("test.strict", 2)]
public sealed record Strict2 : IRequest<Quoted2>;

/// <summary>Takes the first version itself, and makes the second of nothing.</summary>
[Agent("explicit-quoter")]
internal sealed class ExplicitQuoterAgent : Agent, IHandle<Quote1, Quoted1>, IHandle<Quote2, Quoted2>
{
    public ValueTask<Quoted1> HandleAsync(Quote1 request, AgentContext context, CancellationToken cancellationToken) => new(new Quoted1("itself", 1));

    public ValueTask<Quoted2> HandleAsync(Quote2 request, AgentContext context, CancellationToken cancellationToken) => new(new Quoted2("made", 2, ""));
}

/// <summary>A volatile kind of two versions.</summary>
[Agent("counter-of-quotes", Label = "old")]
internal sealed class OldVolatileAgent : Agent, IHandle<Quote1, Quoted1>
{
    private int _count;

    public ValueTask<Quoted1> HandleAsync(Quote1 request, AgentContext context, CancellationToken cancellationToken) => new(new Quoted1("old", ++_count));
}

[Agent("counter-of-quotes", Label = "new")]
internal sealed class NewVolatileAgent : Agent, IHandle<Quote2, Quoted2>
{
    private int _count;

    public ValueTask<Quoted2> HandleAsync(Quote2 request, AgentContext context, CancellationToken cancellationToken) => new(new Quoted2("new", ++_count, ""));
}

[Agent("quote-passer")]
internal sealed class QuotePasserAgent : Agent<AccountState>, IHandle<PassQuote>
{
    public ValueTask HandleAsync(PassQuote message, AgentContext context, CancellationToken cancellationToken)
    {
        if (message.AfterMs > 0)
        {
            context.Schedule(TimeSpan.FromMilliseconds(message.AfterMs), message.To, new Quote1("scheduled"));
        }
        else if (message.Version == 1)
        {
            context.Tell(message.To, new Quote1("told"));
        }
        else if (message.Version == 2)
        {
            context.Tell(message.To, new Quote2("told", 10));
        }
        else
        {
            context.Tell(message.To, new Quote9());
        }

        return default;
    }
}
