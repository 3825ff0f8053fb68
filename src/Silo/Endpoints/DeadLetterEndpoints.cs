using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.DeadLetters;
using OrleansAgents.Messaging;

namespace OrleansAgents.Endpoints;

/// <summary>Dead letters, for operators: who reaches the door is not asked for a name.</summary>
internal sealed class DeadLetterEndpoints(IAgentClient agents, HttpDoor door)
{
    private const string UnknownLetter = "dead-letter.unknown";
    private const int MaxLimit = 1000;

    public Task ListAsync(HttpContext context) => RunAsync(context, async stop =>
    {
        var query = context.Request.Query;
        var filter = new DeadLetterList(
            DirectoryEndpoints.One(query, "code"), DirectoryEndpoints.One(query, "recipient"), DirectoryEndpoints.One(query, "type"), DirectoryEndpoints.ReadLimit(query, 100));
        if (filter.Limit is < 1 or > MaxLimit)
        {
            throw new AgentRefusedException(HttpCodes.BadParameter, $"The parameter 'limit' is 1 to {MaxLimit}.");
        }

        var pages = await Task.WhenAll(DeadLetterAddress.All.Select(shard => agents.Agent(shard).AskAsync(filter, cancellationToken: stop).AsTask()));
        var page = new DeadLetterPage([.. pages.SelectMany(p => p.Letters).OrderBy(letter => letter.At).Take(filter.Limit)], pages.Sum(p => p.Total));
        await HttpJson.WriteAsync(context, JsonSerializer.SerializeToUtf8Bytes(page, PayloadJson.Options), stop);
    });

    public Task ShowAsync(HttpContext context) => RunAsync(context, async stop =>
    {
        var id = ReadId(context, behind: 0);
        var letter = await agents.Agent(DeadLetterAddress.For(id)).AskAsync(new DeadLetterShow(id.Value), cancellationToken: stop);
        await HttpJson.WriteAsync(context, json => Write(json, id, letter), stop);
    });

    public Task ReplayAsync(HttpContext context) => RunAsync(context, stop =>
        SettleAsync(context, ReadId(context, behind: 1), id => new DeadLetterReplay(id), "replayed", stop));

    public Task DropAsync(HttpContext context) => RunAsync(context, stop =>
        SettleAsync(context, ReadId(context, behind: 0), id => new DeadLetterDrop(id), "dropped", stop));

    private async Task SettleAsync(HttpContext context, MessageId id, Func<Guid, IRequest<DeadLetterDone>> request, string outcome, CancellationToken cancellationToken)
    {
        if (IsFromAnotherSite(context.Request))
        {
            throw new AgentRefusedException(RefusalCodes.NotAllowed, "A page of another site may not replay or drop dead letters.");
        }

        var done = await agents.Agent(DeadLetterAddress.For(id)).AskAsync(request(id.Value), cancellationToken: cancellationToken);
        if (!done.Found)
        {
            throw new AgentRefusedException(UnknownLetter, $"There is no dead letter {id}; it was replayed or dropped.");
        }

        await HttpJson.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("id", id.Value);
            json.WriteString("outcome", outcome);
            json.WriteEndObject();
        }, cancellationToken);
    }

    private async Task RunAsync(HttpContext context, Func<CancellationToken, Task> serve)
    {
        var aborted = context.RequestAborted;
        try
        {
            await serve(aborted);
        }
        catch (OperationCanceledException) when (aborted.IsCancellationRequested)
        {
            // Nobody is there to be told.
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            var refusal = door.Explain(context, e);
            int? status = refusal.Code == UnknownLetter ? StatusCodes.Status404NotFound : null;
            await HttpProblem.WriteAsync(context, refusal, aborted, e is AgentFailedException ? Outcome.Failed : Outcome.Refused, status);
        }
    }

    // No key is asked for here, so the browser of somebody who is let in must not be lent to a page that is not.
    private static bool IsFromAnotherSite(HttpRequest request) =>
        (request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "none" or "same-origin"))
        || (request.Headers.Origin.ToString() is { Length: > 0 } origin && origin != $"{request.Scheme}://{request.Host}");

    private static MessageId ReadId(HttpContext context, int behind) => MessageId.TryParse(RawPath.Read(context, "id", behind), out var id)
        ? id
        : throw new AgentRefusedException(RefusalCodes.BadId, "The id of a dead letter is a UUID in its text form of 36 characters.");

    private static void Write(Utf8JsonWriter json, MessageId id, DeadLetter letter)
    {
        json.WriteStartObject();
        json.WriteString("id", id.Value);
        json.WriteNumber("attempts", letter.Attempts);
        json.WriteString("at", letter.At);
        json.WriteString("by", letter.By);
        json.WriteString("code", letter.Code);
        WriteMessage(json, letter.Envelope);
        json.WriteString("message", letter.Message);
        json.WriteString("reason", letter.Reason);
        json.WriteString("recipient", letter.Recipient);
        json.WriteString("sender", letter.Sender);
        json.WriteString("since", letter.Since);
        json.WriteString("type", letter.Type);
        json.WriteEndObject();
    }

    /// <summary>The message as the object it is, or as a text where it is none: an agent may have sent what is no JSON.</summary>
    private static void WriteMessage(Utf8JsonWriter json, string envelope)
    {
        try
        {
            using var document = JsonDocument.Parse(envelope, new JsonDocumentOptions { MaxDepth = MessageLimits.Kept.Depth });
            json.WritePropertyName("envelope");
            json.WriteRawValue(envelope, skipInputValidation: true);
        }
        catch (JsonException)
        {
            json.WriteString("envelope", envelope);
        }
    }
}
