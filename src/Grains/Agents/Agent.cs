using Microsoft.Extensions.DependencyInjection;
using OrleansAgents.Messaging;
using OrleansAgents.Telemetry;

namespace OrleansAgents.Agents;

/// <summary>
/// An agent that keeps nothing: its fields live as long as its activation. Give it a kind with
/// <see cref="AgentAttribute"/> and handlers with <see cref="IHandle{TRequest, TReply}"/>. Its class runs on one thread at
/// a time, one handler after the other; its constructor may take services.
/// </summary>
public abstract class Agent : Grain, IAgentGrain
{
    private AgentTurns _turns = null!;

    /// <summary>The agent's address.</summary>
    public AgentId Id => _turns.Id;

    /// <inheritdoc/>
    public sealed override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var host = ServiceProvider.GetRequiredService<AgentHost>();
        var handlers = host.HandlersOf(GetType());
        var id = AgentId.Trusted(handlers.Kind, this.GetPrimaryKeyString());
        _turns = new AgentTurns(host, this, id, handlers);
        if (!_turns.IsLoaded)
        {
            // When it cannot, the messages that come are refused with the reason, and each tries again.
            await _turns.LoadAsync(cancellationToken);
        }

        TurnTelemetry.ActiveAgents.Add(1, new KeyValuePair<string, object?>("agent.kind", id.Kind));
        await OnStartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public sealed override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_turns is not null)
        {
            await _turns.DrainAsync(cancellationToken);
            TurnTelemetry.ActiveAgents.Add(-1, new KeyValuePair<string, object?>("agent.kind", Id.Kind));
        }
    }

    /// <summary>Runs once before the first message of an activation, after a durable agent's state is loaded.</summary>
    protected virtual ValueTask OnStartAsync(CancellationToken cancellationToken) => default;

    ValueTask<Reply> IAgentGrain.DeliverAsync(Envelope envelope)
    {
        if (Gate.AdmitRecipient(envelope, Id) is { } refusal)
        {
            TurnTelemetry.Refused(Id.Kind, refusal);
            return new(Reply.Refused(refusal));
        }

        return _turns.IsLoaded ? _turns.DeliverAsync(envelope) : LoadAndDeliverAsync(envelope);
    }

    ValueTask IAgentGrain.CancelAsync(Guid messageId)
    {
        _turns.Cancel(new MessageId(messageId));
        return default;
    }

    private async ValueTask<Reply> LoadAndDeliverAsync(Envelope envelope) =>
        await _turns.LoadAsync(CancellationToken.None) is { } refusal ? Reply.Refused(refusal) : await _turns.DeliverAsync(envelope);

    async ValueTask IAgentGrain.StopAsync()
    {
        await _turns.DrainAsync(CancellationToken.None);
        DeactivateOnIdle();
    }
}

/// <summary>
/// An agent whose state survives crashes where the silo's store does. The state changes with each turn's commit, or not
/// at all.
/// </summary>
/// <typeparam name="TState">The state: a class with public properties that System.Text.Json writes and reads.</typeparam>
public abstract class Agent<TState> : Agent, IDurableAgent
    where TState : class, new()
{
    /// <summary>The state. Read it anew in each turn: a turn that fails replaces it by the last committed one.</summary>
    protected TState State { get; private set; } = new();

    byte[] IDurableAgent.WriteState() => PayloadJson.Write(State);

    void IDurableAgent.ReadState(ReadOnlyMemory<byte>? json) => State = json is { } utf8
        ? System.Text.Json.JsonSerializer.Deserialize(utf8.Span, (System.Text.Json.Serialization.Metadata.JsonTypeInfo<TState>)PayloadJson.Options.GetTypeInfo(typeof(TState)))!
        : new();
}

/// <summary>How the runtime reaches the state of a durable agent.</summary>
internal interface IDurableAgent
{
    byte[] WriteState();

    void ReadState(ReadOnlyMemory<byte>? json);
}
