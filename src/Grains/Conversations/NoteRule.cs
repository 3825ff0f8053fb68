using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Conversations;

/// <summary>Who may write into a conversation: the agents themselves, each of what it was sent.</summary>
internal static class NoteRule
{
    /// <param name="note">The note.</param>
    /// <param name="writer">The only one who may write it.</param>
    /// <param name="keeper">Where it belongs.</param>
    /// <exception cref="AgentRefusedException">It comes from outside or from another agent, or is for another one.</exception>
    public static void Demand(Envelope note, AgentId writer, AgentId keeper)
    {
        if (note.IsFromOutside || note.Sender != writer)
        {
            throw new AgentRefusedException(RefusalCodes.NotAllowed, "Conversations are noted by the agents that are sent their messages, and by nobody else.");
        }

        if (note.Recipient != keeper)
        {
            throw new AgentRefusedException(RefusalCodes.BadAddress, $"It belongs to {keeper}.");
        }
    }
}
