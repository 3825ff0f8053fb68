using OrleansAgents.Messaging;

namespace OrleansAgents.Agents;

/// <summary>
/// An agent that passes messages on which no other of its handlers takes, and answers with what their recipients answer.
/// It does so beside its turns: a message that is under way elsewhere holds nothing up. What it passes on keeps its id, so
/// that the recipient's duplicate check covers the whole way.
/// </summary>
internal interface IRelay
{
    ValueTask<Reply> RelayAsync(Envelope message);

    /// <summary>Has those stop who have a message that its sender cancelled.</summary>
    void CancelRelayed(MessageId message);
}
