using OrleansAgents.Messaging;

namespace OrleansAgents.Agents;

/// <summary>
/// An agent that has a form of its own for the messages that the store keeps for it and that are never sent. It learns of
/// them when they are stored and when it is loaded, so it never knows one of a turn whose commit failed.
/// </summary>
internal interface IMessageKeeper
{
    /// <summary>Takes over a stored message, in the place of the one with its id; false leaves it to the outbox. It must not throw.</summary>
    bool TryKeep(OutgoingMessage message);

    /// <summary>The message is not stored any more. Nothing happens where it was not kept.</summary>
    void Release(MessageId message);
}
