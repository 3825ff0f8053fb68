using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;
using OrleansAgents.Tests.Agents;

namespace OrleansAgents.Tests.Audit;

[Agent("ledger", Audited = true, Reentrant = true)]
internal sealed class LedgerAgent : Agent<AccountState>, IHandle<Add, Total>, IHandle<Read, Total>, IHandle<Hold, Total>, IHandle<AskOn, Greeting>, IHandle<Note>
{
    public ValueTask<Total> HandleAsync(Add request, AgentContext context, CancellationToken cancellationToken)
    {
        State.Total += request.Amount;
        return request.Amount == 0 ? throw new AgentRefusedException("test.nothing", "Nothing to add.")
            : request.Fail ? throw new InvalidOperationException("It fails.")
            : new(new Total(State.Total));
    }

    public ValueTask<Total> HandleAsync(Read request, AgentContext context, CancellationToken cancellationToken) => new(new Total(State.Total));

    public async ValueTask<Total> HandleAsync(Hold request, AgentContext context, CancellationToken cancellationToken)
    {
        Gates.Entered(request.Gate).TrySetResult();
        await Gates.Open(request.Gate).Task.WaitAsync(cancellationToken);
        return new Total(++State.Total);
    }

    public async ValueTask<Greeting> HandleAsync(AskOn request, AgentContext context, CancellationToken cancellationToken) => request.Path.Length == 0
        ? new Greeting($"{Id} is the end")
        : await context.AskAsync(request.Path[0], new AskOn(request.Path[1..]), cancellationToken);

    public async ValueTask HandleAsync(Note message, AgentContext context, CancellationToken cancellationToken)
    {
        if (message.Text.StartsWith("follow ", StringComparison.Ordinal))
        {
            await context.SubscribeAsync(message.Text[7..], cancellationToken: cancellationToken);
        }
        else
        {
            Gates.Entered($"{Id} {message.Text}").TrySetResult();
        }
    }
}
