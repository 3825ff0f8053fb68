using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Samples;

[Contract("ticket.draw")]
internal sealed record DrawTicket(string Name) : IRequest<Served>;

internal sealed record Served(int Place);

[Contract("ticket.next")]
internal sealed record ServeNext : IRequest<int>;

internal sealed class ClerkState
{
    public IList<Guid> Waiting { get; set; } = [];

    public int Served { get; set; }
}

[Agent("clerk", Description = "Serves who draws a ticket, one after the other.")]
internal sealed class Clerk : Agent<ClerkState>, IHandle<DrawTicket, Served>, IHandle<ServeNext, int>, IHandle<AskOver>
{
    public ValueTask<Served> HandleAsync(DrawTicket request, AgentContext context, CancellationToken cancellationToken)
    {
        // Who asked waits on, and this agent goes on.
        context.AnswerLater();
        State.Waiting.Add(context.Message.Id.Value);
        return default;
    }

    public ValueTask<int> HandleAsync(ServeNext request, AgentContext context, CancellationToken cancellationToken)
    {
        if (State.Waiting.Count > 0)
        {
            context.Answer(new MessageId(State.Waiting[0]), new Served(++State.Served));
            State.Waiting.RemoveAt(0);
        }

        return new(State.Waiting.Count);
    }

    public ValueTask HandleAsync(AskOver message, AgentContext context, CancellationToken cancellationToken)
    {
        State.Waiting.Remove(message.Message);
        return default;
    }
}

internal static class Queueing
{
    public static async Task PlayAsync(Stage stage)
    {
        var clerk = stage.Agents.Agent("clerk/desk");
        Task<Served>[] customers = [.. new[] { "Anna", "Bert" }.Select(name => clerk.AskAsync(new DrawTicket(name)).AsTask())];
        while (!Array.TrueForAll(customers, customer => customer.IsCompleted))
        {
            await clerk.AskAsync(new ServeNext());
        }

        var served = await Task.WhenAll(customers);
        Stage.Say($"{served.Length} were served, each once");
        Stage.Expect(served.Select(s => s.Place).Order().SequenceEqual([1, 2]), "each to be served once");
    }
}
