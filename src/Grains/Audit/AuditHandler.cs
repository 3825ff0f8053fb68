using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Audit;

/// <summary>Answers readers of an audited agent's log: the runtime's own handler, behind the same gate as the agent's.</summary>
internal sealed class AuditHandler(string kind) : Handler(kind, Contract.Of<AuditRead>(), typeof(IHandle<AuditRead, AuditPage>), upcast: null)
{
    public override ValueTask<object?> InvokeAsync(Agent agent, AgentContext context, CancellationToken cancellationToken) =>
        AnswerAsync(agent.Turns, (AuditRead)Read(context), cancellationToken);

    private static async ValueTask<object?> AnswerAsync(AgentTurns turns, AuditRead read, CancellationToken cancellationToken)
    {
        if (read.After < 0 || read.Limit is < 1 or > AuditRead.MostEntries)
        {
            throw new AgentRefusedException(
                RefusalCodes.InvalidPayload, $"'after' is 0 or more, and 'limit' from 1 to {AuditRead.MostEntries}.");
        }

        // What was noted before is read, too.
        await turns.Commits!.DrainAsync();
        try
        {
            return new AuditPage(await turns.Host.Store!.ReadAuditAsync(turns.Id, read.After, read.Limit, cancellationToken));
        }
        catch (AgentStoreException e)
        {
            throw new AgentRefusedException(RefusalCodes.StoreUnavailable, $"The audit log of {turns.Id} could not be read: {e.Message}");
        }
    }
}
