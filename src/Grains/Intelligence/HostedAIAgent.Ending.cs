using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.Intelligence;

/// <content>What ends without an answer, and what the store keeps.</content>
public abstract partial class HostedAIAgent : IHandle<AskOver>, IHandle<RunOver>, IHandle<WorkFailed>, IDurableAgent
{
    private HostedState _state = new();
    private bool _isStateTouched;

    bool IDurableAgent.IsStateTouched
    {
        get => _isStateTouched;
        set => _isStateTouched = value;
    }

    private HostedState State
    {
        get
        {
            _isStateTouched = true;
            return _state;
        }
    }

    byte[] IDurableAgent.WriteState() => PayloadJson.Write(_state);

    void IDurableAgent.ReadState(byte[]? json) =>
        _state = json is null ? new() : JsonSerializer.Deserialize<HostedState>(json, PayloadJson.Options)!;

    ValueTask IHandle<AskOver>.HandleAsync(AskOver message, AgentContext context, CancellationToken cancellationToken)
    {
        Drop(context, one => one.Message == message.Message);
        return default;
    }

    ValueTask IHandle<RunOver>.HandleAsync(RunOver message, AgentContext context, CancellationToken cancellationToken)
    {
        if (context.Sender == RunAddress.Of(message.Run))
        {
            Drop(context, one => one.Run == message.Run);
        }

        return default;
    }

    ValueTask IHandle<WorkFailed>.HandleAsync(WorkFailed message, AgentContext context, CancellationToken cancellationToken)
    {
        if (State.Current is { } one && one.Work == message.Work)
        {
            Fail(context, one, message.Code, message.Reason);
        }

        return default;
    }

    /// <summary>Ends what nobody wants any more, be it under way or still waiting.</summary>
    private void Drop(AgentContext context, Predicate<HostedExchange> isIt)
    {
        var state = State;
        state.Waiting.RemoveAll(isIt);
        if (state.Current is { Work: { } work } one && isIt(one))
        {
            context.Withdraw(new MessageId(work));
            End(context, one, report: null);
        }
    }
}
