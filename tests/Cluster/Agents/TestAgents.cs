using System.Collections.Concurrent;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Tests.Agents;

[Contract("test.greet")]
public sealed record Greet(string Name) : IRequest<Greeting>;

[Contract("test.greeting")]
public sealed record Greeting(string Text);

[Contract("test.add")]
public sealed record Add(int Amount, bool Fail = false) : IRequest<Total>;

[Contract("test.read")]
public sealed record Read : IQuery<Total>;

public sealed record Total(int Value);

[Contract("test.note")]
public sealed record Note(string Text);

/// <summary>Holds its handler until the gate of that name opens.</summary>
[Contract("test.hold")]
public sealed record Hold(string Gate) : IRequest<Total>;

[Contract("test.ask-on")]
public sealed record AskOn(string[] Path) : IRequest<Greeting>;

[Contract("test.tell-on")]
public sealed record TellOn(string To, int Amount, bool Fail = false) : IRequest<Total>;

[Contract("test.bad-query")]
public sealed record BadQuery : IQuery<Total>;

/// <summary>What tests and the agents of one process share.</summary>
public static class Gates
{
    private static readonly ConcurrentDictionary<string, (TaskCompletionSource Entered, TaskCompletionSource Open)> All = new(StringComparer.Ordinal);

    public static TaskCompletionSource Entered(string gate) => Of(gate).Entered;

    public static TaskCompletionSource Open(string gate) => Of(gate).Open;

    private static (TaskCompletionSource Entered, TaskCompletionSource Open) Of(string gate) => All.GetOrAdd(gate, static _ =>
        (new(TaskCreationOptions.RunContinuationsAsynchronously), new(TaskCreationOptions.RunContinuationsAsynchronously)));
}

[Agent("greeter", Description = "Greets.")]
internal sealed class GreeterAgent : Agent, IHandle<Greet, Greeting>, IHandle<Hold, Total>, IHandle<AskOn, Greeting>, IHandle<BadQuery, Total>
{
    private int _held;

    public ValueTask<Greeting> HandleAsync(Greet request, AgentContext context, CancellationToken cancellationToken) =>
        new(new Greeting($"Hello, {request.Name}!"));

    public async ValueTask<Total> HandleAsync(Hold request, AgentContext context, CancellationToken cancellationToken)
    {
        Gates.Entered(request.Gate).TrySetResult();
        await Gates.Open(request.Gate).Task.WaitAsync(cancellationToken);
        return new Total(++_held);
    }

    public async ValueTask<Greeting> HandleAsync(AskOn request, AgentContext context, CancellationToken cancellationToken) =>
        request.Path.Length == 0
            ? new Greeting($"{Id} is the end")
            : await context.AskAsync(request.Path[0], new AskOn(request.Path[1..]), cancellationToken);

    public ValueTask<Total> HandleAsync(BadQuery request, AgentContext context, CancellationToken cancellationToken)
    {
        context.Tell("account/never", new Add(1));
        return new(new Total(0));
    }
}

[Agent("reentrant", Reentrant = true)]
internal sealed class ReentrantAgent : Agent<AccountState>, IHandle<AskOn, Greeting>, IHandle<Read, Total>
{
    public async ValueTask<Greeting> HandleAsync(AskOn request, AgentContext context, CancellationToken cancellationToken)
    {
        State.Total++;
        return request.Path.Length == 0
            ? new Greeting($"{Id} is the end")
            : await context.AskAsync(request.Path[0], new AskOn(request.Path[1..]), cancellationToken);
    }

    public ValueTask<Total> HandleAsync(Read request, AgentContext context, CancellationToken cancellationToken) =>
        new(new Total(State.Total));
}

internal sealed class AccountState
{
    public int Total { get; set; }
}

[Agent("account")]
internal sealed class AccountAgent : Agent<AccountState>, IHandle<Add, Total>, IHandle<Read, Total>, IHandle<TellOn, Total>, IHandle<DeadLetters.TellTwo, Total>
{
    public ValueTask<Total> HandleAsync(Add request, AgentContext context, CancellationToken cancellationToken)
    {
        State.Total += request.Amount;
        Gates.Entered($"{Id}={State.Total}").TrySetResult();
        return request.Fail ? throw new InvalidOperationException("secret of the handler") : new(new Total(State.Total));
    }

    public ValueTask<Total> HandleAsync(Read request, AgentContext context, CancellationToken cancellationToken) =>
        new(new Total(State.Total));

    public ValueTask<Total> HandleAsync(DeadLetters.TellTwo request, AgentContext context, CancellationToken cancellationToken)
    {
        context.Tell(request.To, new Add(request.First));
        context.Tell(request.To, new Add(request.Second));
        return new(new Total(0));
    }

    public ValueTask<Total> HandleAsync(TellOn request, AgentContext context, CancellationToken cancellationToken)
    {
        State.Total++;
        context.Tell(request.To, new Add(request.Amount));
        context.Tell(request.To, new Note("done"));
        return request.Fail ? throw new InvalidOperationException("after the tell") : new(new Total(State.Total));
    }
}

/// <summary>Counts what it hears and completes what waits for a number of it.</summary>
[Agent("listener")]
internal sealed class ListenerAgent : Agent<AccountState>, IHandleAny, IHandle<AskOn, Greeting>
{
    public static readonly ConcurrentDictionary<string, ConcurrentQueue<Envelope>> Heard = new(StringComparer.Ordinal);

    public ValueTask<byte[]?> HandleAnyAsync(Envelope message, AgentContext context, CancellationToken cancellationToken)
    {
        State.Total++;
        Heard.GetOrAdd(Id.Key, static _ => new()).Enqueue(message);
        Gates.Entered($"{Id}={State.Total}").TrySetResult();
        return default;
    }

    public async ValueTask<Greeting> HandleAsync(AskOn request, AgentContext context, CancellationToken cancellationToken)
    {
        await context.SubscribeAsync(request.Path[0], cancellationToken);
        return new Greeting("subscribed");
    }
}
