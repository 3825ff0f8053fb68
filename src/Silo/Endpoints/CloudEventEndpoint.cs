using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Endpoints;

/// <summary>Publishes CloudEvents to a topic: one in headers or in the body, or a batch of them.</summary>
internal sealed class CloudEventEndpoint(SendEndpoints sending, HttpDoor door)
{
    // Of a batch, as many of the largest messages.
    private const int LargestBatch = 16;

    public Task TakeAsync(HttpContext context) => door.RunAsync(context, async (caller, stop) =>
    {
        var topic = SendEndpoints.Topic(context, behind: 0).Agent;
        var isBatch = HttpDoor.IsOf(context, CloudEventReader.Batch);
        if (!isBatch && !HttpDoor.IsOf(context, CloudEventReader.Structured) && !CloudEventReader.IsBinary(context))
        {
            throw new AgentRefusedException(
                HttpCodes.UnsupportedMediaType, $"A CloudEvent is sent as {CloudEventReader.Structured}, several as {CloudEventReader.Batch}, and one in headers with ce-specversion, ce-id, ce-source and ce-type.");
        }

        var (body, fault) = await HttpDoor.ReadBodyAsync(context, door.Limits.MessageBytes * (isBatch ? LargestBatch : 1), stop);
        var messages = Read(context, body ?? throw new AgentRefusedException(fault!), caller, topic, isBatch);
        door.CountMore(context, caller, messages.Count - 1);
        await PublishAsync(context, messages, isBatch, stop);
    });

    private List<Envelope> Read(HttpContext context, byte[] body, HttpCaller caller, AgentId topic, bool isBatch)
    {
        var messages = new List<Envelope>();
        foreach (var read in CloudEventReader.Read(context, body))
        {
            var (envelope, refusal) = CloudEventMessage.Read(read, caller.Sender, topic, door.Limits);
            // Before any is published, so that a batch that cannot be read does nothing.
            messages.Add(envelope ?? throw new AgentRefusedException(
                isBatch ? refusal! with { Message = $"Event {messages.Count} of the batch: {refusal.Message}" } : refusal!));
        }

        return messages;
    }

    /// <summary>One after the other, and none behind one that was not taken: sent again, the same batch goes on there.</summary>
    private async Task PublishAsync(HttpContext context, List<Envelope> messages, bool isBatch, CancellationToken cancellationToken)
    {
        var receipts = new List<(MessageId Id, Reply Reply)>();
        foreach (var message in messages)
        {
            var reply = await SendAsync(context, message, cancellationToken);
            receipts.Add((message.Id, reply));
            if (reply.Refusal is { } refusal)
            {
                await HttpProblem.WriteAsync(context, refusal, cancellationToken, reply.Outcome, more: isBatch ? json => WriteAll(json, receipts, "receipts") : null);
                return;
            }
        }

        await HttpJson.WriteAsync(context, json =>
        {
            if (isBatch)
            {
                WriteAll(json, receipts, member: null);
            }
            else
            {
                WriteOne(json, receipts[0].Id, receipts[0].Reply);
            }
        }, cancellationToken);
    }

    private async Task<Reply> SendAsync(HttpContext context, Envelope message, CancellationToken cancellationToken)
    {
        try
        {
            return await sending.SendAsync(context, message, cancellationToken);
        }
        catch (AgentTimeoutException e)
        {
            return Reply.Failed(new Refusal(e.Code, e.Message));
        }
    }

    private static void WriteAll(Utf8JsonWriter json, List<(MessageId Id, Reply Reply)> receipts, string? member)
    {
        if (member is not null)
        {
            json.WritePropertyName(member);
        }

        json.WriteStartArray();
        foreach (var (id, reply) in receipts)
        {
            WriteOne(json, id, reply);
        }

        json.WriteEndArray();
    }

    private static void WriteOne(Utf8JsonWriter json, MessageId id, Reply reply)
    {
        json.WriteStartObject();
        ReceiptJson.WriteMembers(json, id, reply.Outcome, reply.Refusal);
        json.WriteEndObject();
    }
}
