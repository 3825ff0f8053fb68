using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Routing;

/// <summary>A message on its way through a router, and whom it is with.</summary>
internal sealed class Transit(Envelope message, EnvelopeExtras extras)
{
    private readonly List<AgentId> _with = [];

    // Made for the first repeat that waits; most messages have none.
    private TaskCompletionSource<Reply?>? _end;

    public Envelope Message { get; } = message;

    /// <summary>Whether its sender wants no answer any more, so that it is not sent again.</summary>
    public bool IsCancelled { get; private set; }

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

    public void Cancel() => IsCancelled = true;

    /// <summary>What was answered, when it is; null where nobody knows.</summary>
    public Task<Reply?> EndAsync() => (_end ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void End(Reply? reply) => _end?.SetResult(reply);
}
