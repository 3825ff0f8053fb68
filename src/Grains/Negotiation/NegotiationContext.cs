using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Negotiation;

/// <summary>Lets an agent have others negotiate for a task.</summary>
public static class NegotiationContext
{
    /// <summary>
    /// Starts a negotiation, after the commit: an agent of its own calls <paramref name="recipients"/> for proposals, awards
    /// the task to the best, and hears of the work. However it ends, this agent is told once, by
    /// <see cref="NegotiationEnded"/>, in the same conversation. The negotiation survives crashes; a volatile agent that
    /// stops before its messages left starts none.
    /// </summary>
    /// <param name="context">The turn.</param>
    /// <param name="task">What is to be done: a record, a <see cref="JsonElement"/>, or anything else that becomes a JSON object, of 128 KiB and 32 levels at most.</param>
    /// <param name="recipients">Who is called, <see cref="NegotiationAddress.MostParticipants"/> at most; who is named twice is called once. Of nobody, it ends without proposals.</param>
    /// <param name="deadline">How long it may take from now on, the work included. Above zero, 3,660 days at most.</param>
    /// <param name="scoring">Which offer is best.</param>
    /// <param name="options">Rounds, times and the rest; null for the defaults.</param>
    /// <returns>The negotiation's address, to read, to cancel, and to know it by.</returns>
    /// <exception cref="ArgumentException">The task is no JSON object or too large, there are too many recipients, or an option or the scoring is faulty; the message says which.</exception>
    /// <exception cref="InvalidOperationException">The turn is over, or is that of a query, or the agent does not handle <see cref="NegotiationEnded"/>, or <see cref="ScoreProposals"/> where it is asked.</exception>
    public static AgentId Negotiate(
        this AgentContext context, object task, IEnumerable<AgentId> recipients, TimeSpan deadline, Scoring scoring, NegotiationOptions? options = null) =>
        Start(context, task, [.. recipients.Select(r => r.ToString())], capability: null, deadline, scoring, options);

    /// <summary>As <see cref="Negotiate(AgentContext, object, IEnumerable{AgentId}, TimeSpan, Scoring, NegotiationOptions?)"/>, calling whoever has a capability.</summary>
    /// <param name="context">The turn.</param>
    /// <param name="task">What is to be done.</param>
    /// <param name="capability">What those who are called must be able to do, as the directory names it. When it cannot be asked the negotiation ends as failed, with its code.</param>
    /// <param name="deadline">How long it may take from now on, the work included.</param>
    /// <param name="scoring">Which offer is best.</param>
    /// <param name="options">Rounds, times and the rest; null for the defaults.</param>
    /// <inheritdoc cref="Negotiate(AgentContext, object, IEnumerable{AgentId}, TimeSpan, Scoring, NegotiationOptions?)"/>
    public static AgentId Negotiate(
        this AgentContext context, object task, string capability, TimeSpan deadline, Scoring scoring, NegotiationOptions? options = null) =>
        Start(context, task, recipients: null, capability, deadline, scoring, options);

    private static AgentId Start(
        AgentContext context, object task, IReadOnlyList<string>? recipients, string? capability, TimeSpan deadline, Scoring scoring, NegotiationOptions? options)
    {
        ArgumentNullException.ThrowIfNull(task);
        context.DemandHandlerOf<NegotiationEnded>();
        if (scoring.AsksInitiator)
        {
            context.DemandHandlerOf<ScoreProposals>("IHandle<ScoreProposals, Ranking>, or score by fields");
        }

        if (deadline <= TimeSpan.Zero || deadline > NegotiationOptions.Longest)
        {
            throw new ArgumentOutOfRangeException(nameof(deadline), deadline, $"The deadline must be above zero and {NegotiationOptions.Longest.Days} days ahead at most.");
        }

        var now = context.Now;
        var start = new NegotiationStart(
            JsonSerializer.SerializeToElement(task, task.GetType(), PayloadJson.Options), recipients, capability, now + deadline, scoring, options);
        if (NegotiationRules.FindFault(start, now) is { } fault)
        {
            throw new ArgumentException(fault, paramName: null);
        }

        var negotiation = NegotiationAddress.New();
        context.Tell(negotiation, start);
        return negotiation;
    }
}
