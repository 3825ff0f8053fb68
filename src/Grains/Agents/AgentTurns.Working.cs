using OrleansAgents.Messaging;

namespace OrleansAgents.Agents;

/// <content>What an agent does beside its turns.</content>
internal sealed partial class AgentTurns
{
    private OpenWork? _work;

    private OpenWork Work => _work ??= new OpenWork(this);

    /// <summary>What the agent's class answers a contract with; null where it is answered with nothing, or not handled.</summary>
    public Type? FindReplyType(string name, int version) => _handlers.Find(Contract.Untyped(name, version))?.Contract?.ReplyType;

    /// <summary>What does the work of a contract; null where the agent's class does none.</summary>
    public Worker? FindWork(Contract contract) => _handlers.FindWorker(contract.Name, contract.Version);

    /// <summary>Does a piece of work with a class's own method.</summary>
    public Task<object> WorkAsync(Worker worker, object work, WorkContext context, CancellationToken cancellationToken) =>
        worker.WorkAsync(_agent, work, context, cancellationToken);

    /// <summary>The work that is done for a run now.</summary>
    public IEnumerable<MessageId> FindWorkFor(string run) => _work?.FindFor(run) ?? [];

    /// <summary>Does what is stored as work, from an earlier activation or from turns of this one.</summary>
    private void StartWork(IReadOnlyList<OutgoingMessage> stored)
    {
        for (var i = 0; i < stored.Count; i++)
        {
            if (OpenWork.IsKept(stored[i]))
            {
                Work.Start(stored[i].Envelope);
            }
        }
    }

    /// <summary>Begins and ends what a turn of a volatile agent asked for.</summary>
    private void BeginVolatile(AgentContext context)
    {
        foreach (var withdrawn in context.Unscheduled ?? [])
        {
            End(withdrawn);
        }

        if (context.Questions is { } questions)
        {
            Questions.Start(questions);
        }

        foreach (var work in context.Works ?? [])
        {
            Work.Start(work.Envelope);
        }
    }

    /// <summary>Ends what was taken back or is over.</summary>
    private void End(MessageId kept)
    {
        _outbox?.Later.Remove(kept);
        _questions?.End(kept);
        _work?.End(kept);
    }
}
