using OrleansAgents.Messaging;

namespace OrleansAgents.Agents;

/// <summary>What a verb makes of a reply. Implemented by structs, so that each verb is compiled for itself.</summary>
internal interface IAnswer<TResult>
{
    static abstract TResult Read(Envelope envelope, Reply reply);
}

/// <summary>An ask: the record, or an exception.</summary>
internal readonly struct AsRecord<TReply> : IAnswer<TReply>
{
    public static TReply Read(Envelope envelope, Reply reply)
    {
        Unanswered.ThrowUnlessHandled(envelope, reply);
        return reply.As<TReply>()!;
    }
}

/// <summary>An ask with JSON: JSON, or an exception.</summary>
internal readonly struct AsJson : IAnswer<byte[]?>
{
    public static byte[]? Read(Envelope envelope, Reply reply)
    {
        Unanswered.ThrowUnlessHandled(envelope, reply);
        return reply.ToJson();
    }
}

/// <summary>A tell: what became of the message.</summary>
internal readonly struct AsReceipt : IAnswer<Receipt>
{
    public static Receipt Read(Envelope envelope, Reply reply) => new(envelope.Id, reply.Outcome, reply.Refusal);
}

/// <summary>For tools: the reply as it is.</summary>
internal readonly struct AsReply : IAnswer<Reply>
{
    public static Reply Read(Envelope envelope, Reply reply) => reply;
}

internal static class Unanswered
{
    public static void ThrowUnlessHandled(Envelope envelope, Reply reply)
    {
        if (reply.Refusal is { } refusal)
        {
            throw reply.Outcome == Outcome.Failed
                ? new AgentFailedException(refusal)
                : refusal.Code == RefusalCodes.DeadlineExceeded
                    ? new AgentTimeoutException(envelope.Id, refusal.Code, refusal.Message)
                    : new AgentRefusedException(refusal);
        }
    }
}
