using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;

namespace OrleansAgents.Endpoints;

/// <summary>The verbs: ask and tell an agent, and publish to a topic.</summary>
internal sealed class SendEndpoints(IAgentClient agents, HttpDoor door, CallerKeys keys)
{
    public Task AskAsync(HttpContext context) => door.RunAsync(context, async (caller, stop) =>
    {
        var (_, reply) = await SendAsync(context, caller, Agent(context), stop);
        await AnswerAsync(context, reply, stop);
    });

    public Task TellAsync(HttpContext context) => door.RunAsync(context, (caller, stop) => ReceiveAsync(context, caller, Agent(context), stop));

    public Task PublishAsync(HttpContext context) =>
        door.RunAsync(context, (caller, stop) => ReceiveAsync(context, caller, Topic(context, behind: 2).Agent, stop));

    /// <summary>Answers with a reply as it is, or with the problem.</summary>
    public static Task AnswerAsync(HttpContext context, Reply reply, CancellationToken cancellationToken)
    {
        if (reply.Refusal is { } refusal)
        {
            return HttpProblem.WriteAsync(context, refusal, cancellationToken, reply.Outcome);
        }

        context.Response.Headers[HttpMessage.DuplicateHeader] = reply.Outcome == Outcome.Duplicate ? "true" : "false";
        return reply.ToJson() is { } answer ? HttpJson.WriteAsync(context, answer, cancellationToken) : HttpJson.WriteNothingAsync(context);
    }

    /// <summary>The topic that the path names.</summary>
    /// <exception cref="AgentRefusedException">It names none.</exception>
    public static TopicId Topic(HttpContext context, int behind) => TopicId.TryParse(RawPath.Read(context, "name", behind), out var topic, out var fault)
        ? topic
        : throw new AgentRefusedException(RefusalCodes.BadAddress, fault);

    /// <summary>The message that a request brings to somebody.</summary>
    /// <exception cref="AgentRefusedException">It brings none.</exception>
    public async ValueTask<Envelope> ReadAsync(HttpContext context, HttpCaller caller, AgentId recipient, CancellationToken cancellationToken) =>
        HttpMessage.Read(context, caller.Sender, recipient, await ReadBodyAsync(context, cancellationToken), door.Limits);

    /// <summary>The payload that a request brings.</summary>
    /// <exception cref="AgentRefusedException">It brings none, or too much.</exception>
    public async ValueTask<byte[]> ReadBodyAsync(HttpContext context, CancellationToken cancellationToken)
    {
        if (!HttpDoor.IsOf(context, "application/json"))
        {
            throw new AgentRefusedException(HttpCodes.UnsupportedMediaType, "A payload is sent as application/json.");
        }

        var (body, fault) = await HttpDoor.ReadBodyAsync(context, door.Limits.PayloadBytes, cancellationToken);
        return body ?? throw new AgentRefusedException(fault!);
    }

    /// <summary>Sends a message in the caller's name, and says its id in a header, whatever becomes of it.</summary>
    /// <exception cref="AgentTimeoutException">No answer came in time.</exception>
    public ValueTask<Reply> SendAsync(HttpContext context, Envelope envelope, CancellationToken cancellationToken)
    {
        context.Response.Headers[HttpMessage.IdHeader] = envelope.Id.ToString();
        return SendAsync(context, envelope, HttpMessage.ReadWait(context.Request, keys.Current), cancellationToken);
    }

    /// <summary>Sends a message in the caller's name.</summary>
    /// <exception cref="AgentTimeoutException">No answer came in time.</exception>
    public async ValueTask<Reply> SendAsync(HttpContext context, Envelope envelope, SendOptions wait, CancellationToken cancellationToken)
    {
        try
        {
            return await agents.SendAsync(envelope, wait, cancellationToken);
        }
        catch (Exception e) when (e is not (OperationCanceledException or AgentException))
        {
            // What the runtime says of itself is for the log.
            _ = door.Explain(context, e);
            return Reply.Failed(new Refusal(RefusalCodes.Unreachable, "The message may not have reached its recipient; send it again with the same id to learn."));
        }
    }

    /// <summary>The agent that the path names, before a verb and a contract.</summary>
    /// <exception cref="AgentRefusedException">It names none.</exception>
    public static AgentId Agent(HttpContext context)
    {
        var (kind, key) = (RawPath.Read(context, "kind", behind: 3), RawPath.Read(context, "key", behind: 2));
        return AgentId.TryParse($"{kind}/{key}", defaultKind: null, out var agent, out var fault)
            ? agent
            : throw new AgentRefusedException(RefusalCodes.BadAddress, fault);
    }

    private async Task ReceiveAsync(HttpContext context, HttpCaller caller, AgentId recipient, CancellationToken cancellationToken)
    {
        var (envelope, reply) = await SendAsync(context, caller, recipient, cancellationToken);
        await (reply.Refusal is { } refusal
            ? HttpProblem.WriteAsync(context, refusal, cancellationToken, reply.Outcome)
            : HttpJson.WriteAsync(context, json =>
            {
                json.WriteStartObject();
                ReceiptJson.WriteMembers(json, envelope.Id, reply.Outcome, refusal: null);
                json.WriteEndObject();
            }, cancellationToken));
    }

    private async ValueTask<(Envelope Envelope, Reply Reply)> SendAsync(HttpContext context, HttpCaller caller, AgentId recipient, CancellationToken cancellationToken)
    {
        var envelope = await ReadAsync(context, caller, recipient, cancellationToken);
        return (envelope, await SendAsync(context, envelope, cancellationToken));
    }
}
