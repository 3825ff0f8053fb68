using OrleansAgents.Messaging;
using OrleansAgents.Telemetry;

namespace OrleansAgents.Agents;

/// <content>What becomes of messages that change nothing.</content>
internal sealed partial class AgentTurns
{
    /// <summary>Notes a message that was refused without a turn, where the agent is audited.</summary>
    public void Note(Envelope envelope, Refusal refusal)
    {
        // What is only put off is sent again, and noted when it is taken.
        if (Commits is { Audit: not null } && !_stopping && refusal.Code is not (RefusalCodes.Stopping or RefusalCodes.Busy))
        {
            Commits.Note(envelope, Reply.Refused(refusal));
        }
    }

    private ValueTask<Reply> Refuse(Refusal refusal, Envelope envelope)
    {
        TurnTelemetry.Refused(Id.Kind, refusal);
        Note(envelope, refusal);
        return new ValueTask<Reply>(Reply.Refused(refusal));
    }

    /// <summary>Refuses what passed the gate.</summary>
    private ValueTask<Reply> RefuseUnheard(Refusal refusal, Envelope envelope)
    {
        TurnTelemetry.Refused(Id.Kind, refusal);
        NoteUnheard(envelope, refusal);
        return new ValueTask<Reply>(Reply.Refused(refusal));
    }

    /// <summary>Takes a turn back that failed or was refused by its handler.</summary>
    private void RollBack(AgentContext context, Reply reply)
    {
        Commits?.RollBack();
        Commits?.Note(context.Message, reply);
        NoteAside(context, reply);
    }
}
