using Microsoft.Extensions.Options;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Patterns;

/// <summary>What the agents of all patterns share: they come back to themselves later, and forget themselves when they are over.</summary>
internal abstract class PatternAgent<TState>(IOptions<PatternOptions> options) : Agent<TState>, IHandle<PatternDue>
    where TState : class, IPatternState, new()
{
    protected PatternOptions Options => options.Value;

    protected DateTimeOffset Now => Turns.Host.Time.GetUtcNow();

    public ValueTask HandleAsync(PatternDue message, AgentContext context, CancellationToken cancellationToken)
    {
        if (context.Message.IsFromOutside || context.Sender != Id)
        {
            throw new AgentRefusedException(RefusalCodes.NotAllowed, $"{context.Message.Contract} comes from the agent itself, and from nobody else.");
        }

        if (message.Round != State.Round)
        {
            // What it was for has been overtaken.
            return default;
        }

        if (message.Forget)
        {
            ((IDurableAgent)this).ReadState(json: null);
        }
        else
        {
            OnDue(context);
        }

        return default;
    }

    /// <summary>The time has come that was set last.</summary>
    protected abstract void OnDue(AgentContext context);

    /// <summary>Comes back at a time; what was set before is void.</summary>
    protected Guid ComeBack(AgentContext context, DateTimeOffset at) => context.Schedule(at, Id, new PatternDue(++State.Round)).Value;

    /// <summary>Comes back after a pause that grows with the tries, as outgoing messages do.</summary>
    protected void ComeBack(AgentContext context, int tries, Refusal refusal) =>
        ComeBack(context, Now + Delivery.Pause(Turns.Host.Options.Delivery, tries, refusal));

    /// <summary>Can be read for a while, and is then gone.</summary>
    protected void ForgetLater(AgentContext context) => context.Schedule(Options.KeepEnded, Id, new PatternDue(++State.Round, Forget: true));

    /// <summary>Whether a message was tried as often, or as long, as an outgoing one is.</summary>
    protected bool IsExhausted(Envelope message, int tries, DateTimeOffset since, Refusal refusal) =>
        Turns.Host.IsExhausted(new OutgoingMessage(message, since) { Attempts = tries }, refusal);

    /// <summary>Who is to be told of the end; null for a program outside, whose address is no agent's.</summary>
    protected string? StarterOf(AgentContext context) => Turns.Host.IsKnown(context.Sender.Kind) ? context.Sender.ToString() : null;
}

/// <summary>What every pattern's state has.</summary>
internal interface IPatternState
{
    /// <summary>Counts what was set to come back: only the last still counts.</summary>
    int Round { get; set; }
}

/// <summary>The agent's own message to itself, when a time has come.</summary>
/// <param name="Round">Which time.</param>
/// <param name="Forget">Whether to forget everything.</param>
[Contract("pattern.due")]
internal sealed record PatternDue(int Round, bool Forget = false);
