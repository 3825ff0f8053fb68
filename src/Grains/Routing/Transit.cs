using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Routing;

/// <summary>A message on its way through a router, and whom it is with.</summary>
internal sealed class Transit(Envelope message, EnvelopeExtras extras)
{
    private readonly List<AgentId> _with = [];

    public Envelope Message { get; } = message;

    public IReadOnlyList<AgentId> With => _with;

    /// <summary>The message as its next recipient gets it: this router is among its hops, and its id is the same.</summary>
    public Envelope To(AgentId recipient)
    {
        if (!_with.Contains(recipient))
        {
            _with.Add(recipient);
        }

        var onward = Message.Onward(recipient, extras);
        onward.StampSpan(System.Diagnostics.Activity.Current ?? Message.Span);
        return onward;
    }
}
