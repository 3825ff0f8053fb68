using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Patterns;

/// <summary>Sagas and sequences, started from a turn.</summary>
public static class SagaExtensions
{
    /// <summary>
    /// Does steps one after the other, after the commit, and takes those done back in reverse order where one fails. No
    /// turn waits. In the end this agent is told <see cref="SagaEnded"/>, once. Crashes change nothing of that.
    /// </summary>
    /// <param name="context">The turn.</param>
    /// <param name="steps">The steps: 1 to 100.</param>
    /// <param name="key">The saga's key, to have the same one only once; null for one of its own.</param>
    /// <param name="tag">Any text, to know the end by; null for none.</param>
    /// <returns>The saga's address.</returns>
    /// <exception cref="ArgumentException">A step is none; the message says which and why.</exception>
    /// <exception cref="FormatException"><paramref name="key"/> is no key of an address.</exception>
    /// <exception cref="InvalidOperationException">The turn is over, or is that of a query, or the agent does not handle <see cref="SagaEnded"/>.</exception>
    public static AgentId RunSaga(this AgentContext context, IReadOnlyList<SagaStep> steps, string? key = null, string? tag = null) =>
        Start(context, new SagaStart([.. steps], Tag: tag), key);

    /// <summary>Does steps one after the other, after the commit, up to the first that fails. Nothing is taken back. Otherwise as <see cref="RunSaga"/>.</summary>
    /// <inheritdoc cref="RunSaga" path="/param"/>
    /// <inheritdoc cref="RunSaga" path="/returns"/>
    /// <inheritdoc cref="RunSaga" path="/exception"/>
    public static AgentId RunSequence(this AgentContext context, IReadOnlyList<SagaStep> steps, string? key = null, string? tag = null) =>
        Start(context, new SagaStart([.. steps], IsSequence: true, Tag: tag), key);

    private static AgentId Start(AgentContext context, SagaStart start, string? key)
    {
        context.DemandHandlerOf<SagaEnded>();
        if (SagaCheck.FindFault(start) is { } fault)
        {
            throw new ArgumentException(fault, nameof(start));
        }

        var saga = PatternKinds.SagaOf(key ?? MessageId.New().ToString());
        context.Tell(saga, start);
        return saga;
    }
}
