using System.Runtime.CompilerServices;
using OrleansAgents.Messaging;
using OrleansAgents.Telemetry;

namespace OrleansAgents.Agents;

/// <summary>Calls one handler of an agent class. Made once per class and contract, so that a message costs no reflection.</summary>
internal abstract class Handler(string kind, Contract? contract, Type handlerInterface, Upcast? upcast)
{
    private readonly PayloadCheck? _check = PayloadCheck.For(upcast?.From ?? contract);

    /// <summary>The contract accepted, which may be older than the one handled; null for the handler of any contract.</summary>
    public Contract? Contract { get; } = upcast?.From ?? contract;

    /// <summary>The interface of the agent class that is called.</summary>
    public Type HandlerInterface { get; } = handlerInterface;

    /// <summary>Whether what it handles is the agent's own: the answers to its questions, what came of its work, or that an answer of its own is not wanted any more.</summary>
    public bool IsOwn { get; set; } = contract?.Name is Answers.ContractName or AskOver.ContractName;

    /// <summary>Whether it passes messages on, beside the agent's turns.</summary>
    public virtual bool IsRelay => false;

    /// <summary>Whether what it handles changes nothing.</summary>
    public bool IsQuery { get; } = contract?.IsQuery ?? false;

    public TurnTags Tags { get; } = new(kind, contract);

    /// <summary>Runs the handler. The payload is decoded here, once.</summary>
    /// <exception cref="System.Text.Json.JsonException">The payload does not fit the contract.</exception>
    /// <exception cref="AgentRefusedException">It does not keep the contract's constraints.</exception>
    public abstract ValueTask<object?> InvokeAsync(Agent agent, AgentContext context, CancellationToken cancellationToken);

    /// <summary>The payload as the record that the handler takes, after what its contract demands of it beyond being one.</summary>
    /// <exception cref="AgentRefusedException">The payload does not keep the contract's constraints, or does not open.</exception>
    protected object Read(AgentContext context)
    {
        var message = context.OpenMessage();
        _check?.Demand(message);
        return upcast is null ? message.ReadPayload(Contract!) : upcast.Read(message);
    }
}

internal sealed class RequestHandler<TRequest, TReply>(string kind, Type handlerInterface, Upcast? upcast)
    : Handler(kind, Contract.Of<TRequest>(), handlerInterface, upcast)
    where TRequest : IRequest<TReply>
{
    public override ValueTask<object?> InvokeAsync(Agent agent, AgentContext context, CancellationToken cancellationToken)
    {
        var request = (TRequest)Read(context);
        var reply = ((IHandle<TRequest, TReply>)agent).HandleAsync(request, context, cancellationToken);
        return reply.IsCompletedSuccessfully ? new ValueTask<object?>(reply.Result) : AwaitAsync(reply);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<object?> AwaitAsync(ValueTask<TReply> reply) => await reply;
}

internal sealed class MessageHandler<TMessage>(string kind, Type handlerInterface, Upcast? upcast)
    : Handler(kind, Contract.Of<TMessage>(), handlerInterface, upcast)
    where TMessage : notnull
{
    public override ValueTask<object?> InvokeAsync(Agent agent, AgentContext context, CancellationToken cancellationToken)
    {
        var message = (TMessage)Read(context);
        var done = ((IHandle<TMessage>)agent).HandleAsync(message, context, cancellationToken);
        return done.IsCompletedSuccessfully ? default : AwaitAsync(done);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<object?> AwaitAsync(ValueTask done)
    {
        await done;
        return null;
    }
}

/// <summary>Stands for all contracts that an agent passes on.</summary>
internal sealed class RelayHandler(string kind) : Handler(kind, contract: null, typeof(IRelay), upcast: null)
{
    public override bool IsRelay => true;

    public override ValueTask<object?> InvokeAsync(Agent agent, AgentContext context, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("A message that is passed on has no turn.");
}

internal sealed class AnyHandler(string kind) : Handler(kind, contract: null, typeof(IHandleAny), upcast: null)
{
    public override ValueTask<object?> InvokeAsync(Agent agent, AgentContext context, CancellationToken cancellationToken)
    {
        var answer = ((IHandleAny)agent).HandleAnyAsync(context.Message, context, cancellationToken);
        return answer.IsCompletedSuccessfully ? new ValueTask<object?>(answer.Result) : AwaitAsync(answer);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<object?> AwaitAsync(ValueTask<byte[]?> answer) => await answer;
}
