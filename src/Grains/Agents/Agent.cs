using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.DependencyInjection;
using OrleansAgents.Messaging;
using OrleansAgents.Telemetry;
using OrleansAgents.Topics;

namespace OrleansAgents.Agents;

/// <summary>
/// An agent that keeps nothing: its fields live as long as its activation. Give it a kind with
/// <see cref="AgentAttribute"/> and handlers with <see cref="IHandle{TRequest, TReply}"/>. Its class runs on one thread at
/// a time, one handler after the other; its constructor may take services.
/// </summary>
public abstract class Agent : Grain, IAgentGrain, IGrainMigrationParticipant
{
    // What a durable agent has not sent when it moves, its next activation sends.
    private static readonly TimeSpan PatienceToMove = TimeSpan.FromMilliseconds(250);

    private AgentTurns _turns = null!;
    private Task<Refusal?>? _starting;
    private bool _isStarted, _isCounted;

    /// <summary>The agent's address.</summary>
    public AgentId Id => (_turns ?? throw Inactive()).Id;

    /// <inheritdoc/>
    public sealed override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _turns ??= CreateTurns();
        // When it cannot, the messages that come are refused with the reason, and each tries again.
        await StartAsync(cancellationToken);
        TurnTelemetry.ActiveAgents.Add(1, new KeyValuePair<string, object?>("agent.kind", Id.Kind));
        _turns.Host.Active.Add(Id, this);
        _isCounted = true;
    }

    /// <inheritdoc/>
    public sealed override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        try
        {
            if (_turns is not null)
            {
                var patience = reason.ReasonCode switch
                {
                    DeactivationReasonCode.Migrating when _turns.Commits is not null => PatienceToMove,
                    // It went wrong, so what is left to send is left to the next activation.
                    DeactivationReasonCode.ApplicationError => TimeSpan.Zero,
                    _ => _turns.Host.Options.StopPatience,
                };
                await _turns.DrainAsync(patience, cancellationToken);
            }
        }
        finally
        {
            // Not where the start failed, and also where the drain was cut off.
            if (_isCounted)
            {
                _turns!.Host.Active.Remove(Id, this);
                TurnTelemetry.ActiveAgents.Add(-1, new KeyValuePair<string, object?>("agent.kind", Id.Kind));
            }
        }
    }

    /// <summary>Whether the agent has things to do beyond its turns and its outgoing messages.</summary>
    internal virtual bool HasWork(CommitBatch batch) => false;

    /// <summary>Learns that events were appended to the agent's log.</summary>
    internal virtual void OnAppended(IReadOnlyList<TopicEvent> events)
    {
    }

    /// <summary>Ends what the agent does beyond its turns.</summary>
    internal virtual Task OnStoppingAsync() => Task.CompletedTask;

    /// <summary>Takes a message through the gate that is no turn's; the answer is why it may not come in.</summary>
    internal async ValueTask<Refusal?> AdmitAsync(Envelope envelope)
    {
        if (Gate.AdmitRecipient(envelope, Id) is { } refusal)
        {
            TurnTelemetry.Refused(Id.Kind, refusal);
            return refusal;
        }

        return (_isStarted ? null : await StartAsync(CancellationToken.None)) ?? _turns.Admit(envelope);
    }

    /// <summary>What the agent's turns share; for the platform's own agents.</summary>
    internal AgentTurns Turns => _turns;

    /// <summary>Runs once before the first message of an activation, after a durable agent's state is loaded.</summary>
    protected virtual ValueTask OnStartAsync(CancellationToken cancellationToken) => default;

    ValueTask<Reply> IAgentGrain.DeliverAsync(Envelope envelope)
    {
        if (Gate.AdmitRecipient(envelope, Id) is { } refusal)
        {
            TurnTelemetry.Refused(Id.Kind, refusal);
            if (_isStarted)
            {
                _turns.Note(envelope, refusal);
            }

            return new(Reply.Refused(refusal));
        }

        return _isStarted ? _turns.DeliverAsync(envelope) : StartAndDeliverAsync(envelope);
    }

    async ValueTask<EventsReply> IAgentGrain.DeliverEventsAsync(EventBatch batch) =>
        !_isStarted && await StartAsync(CancellationToken.None) is { } refusal
            ? new EventsReply(0, Reply.Refused(refusal))
            : await _turns.DeliverAsync(batch);

    ValueTask IAgentGrain.CancelAsync(Guid messageId)
    {
        _turns.Cancel(new MessageId(messageId));
        (this as IRelay)?.CancelRelayed(new MessageId(messageId));
        return default;
    }

    void IGrainMigrationParticipant.OnDehydrate(IDehydrationContext dehydrationContext) => _turns?.Leave(dehydrationContext);

    void IGrainMigrationParticipant.OnRehydrate(IRehydrationContext rehydrationContext) =>
        (_turns ??= CreateTurns()).Arrive(rehydrationContext);

    private InvalidOperationException Inactive() => new($"{GetType()} has no address in its constructor, nor where its class is checked at the silo's start; use Id in handlers and in OnStartAsync.");

    private AgentTurns CreateTurns()
    {
        var host = ServiceProvider.GetRequiredService<AgentHost>();
        var handlers = host.HandlersOf(GetType());
        return new AgentTurns(host, this, AgentId.Trusted(handlers.Kind, this.GetPrimaryKeyString()), handlers);
    }

    /// <summary>Loads the state and starts the agent; the answer is why it could not be loaded.</summary>
    private async ValueTask<Refusal?> StartAsync(CancellationToken cancellationToken)
    {
        // Whoever comes meanwhile waits for the same: a second load would put an older state in the place of one that turns have changed.
        var starting = _starting ??= LoadAndStartAsync(cancellationToken);
        try
        {
            return await starting;
        }
        finally
        {
            if (_starting == starting)
            {
                _starting = null;
            }
        }
    }

    private async Task<Refusal?> LoadAndStartAsync(CancellationToken cancellationToken)
    {
        if (!_turns.IsLoaded && await _turns.LoadAsync(cancellationToken) is { } refusal)
        {
            return refusal;
        }

        await OnStartAsync(cancellationToken);
        _isStarted = true;
        return null;
    }

    private async ValueTask<Reply> StartAndDeliverAsync(Envelope envelope) =>
        await StartAsync(CancellationToken.None) is { } refusal ? Reply.Refused(refusal) : await _turns.DeliverAsync(envelope);

    async ValueTask IAgentGrain.WakeAsync()
    {
        if (_isStarted || await StartAsync(CancellationToken.None) is null)
        {
            _turns.Wake();
        }
    }

    async ValueTask IAgentGrain.StopAsync()
    {
        await _turns.DrainAsync(_turns.Host.Options.StopPatience, CancellationToken.None);
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
    private TState _state = new();

    /// <summary>
    /// The state. Read it anew in each turn: a turn that fails replaces it by the last committed one, and a turn that does
    /// not read it cannot change it.
    /// </summary>
    protected TState State
    {
        get
        {
            ((IDurableAgent)this).IsStateTouched = true;
            return _state;
        }
    }

    bool IDurableAgent.IsStateTouched { get; set; }

    byte[] IDurableAgent.WriteState() => PayloadJson.Write(_state);

    void IDurableAgent.ReadState(byte[]? json) => _state = json is null
        ? new()
        : JsonSerializer.Deserialize(json, (JsonTypeInfo<TState>)PayloadJson.Options.GetTypeInfo(typeof(TState)))!;
}

/// <summary>How the runtime reaches the state of a durable agent.</summary>
internal interface IDurableAgent
{
    /// <summary>Whether the state was read by the agent, and so may have changed.</summary>
    bool IsStateTouched { get; set; }

    byte[] WriteState();

    /// <summary>Puts a state in place; null for that of an agent never stored.</summary>
    void ReadState(byte[]? json);
}
