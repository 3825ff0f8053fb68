using System.Globalization;
using System.Text;
using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.Endpoints;

/// <summary>Runs, for their owners: started, listed, read, followed, told something and cancelled. Those of others do not exist.</summary>
internal sealed class RunEndpoints(IAgentClient agents, HttpDoor door, SendEndpoints sending, OpenStreams streams)
{
    /// <summary>Starts a run, under the id of its message, so that a repeat starts no other.</summary>
    public Task StartAsync(HttpContext context) => door.RunAsync(context, async (caller, stop) =>
    {
        var message = await sending.ReadAsync(context, caller, SendEndpoints.Agent(context), stop);
        var run = message.Id.ToString();
        var start = new RunStart(message.Recipient.ToString(), message.Type, JsonElement.Parse(message.PayloadJson.Span), message.Version, ReadWithin(context.Request));
        var envelope = Envelope.Create(caller.Sender, RunAddress.Of(run), start).WithId(message.Id).With(message.Extras);
        var reply = await sending.SendAsync(context, envelope, stop);
        if (reply.Refusal is null)
        {
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            context.Response.Headers.Location = $"{Prefix(context, "/agents/")}/runs/{run}";
        }

        await SendEndpoints.AnswerAsync(context, reply, stop);
    });

    public Task ListAsync(HttpContext context) => door.RunAsync(context, (caller, stop) =>
    {
        var query = context.Request.Query;
        var list = new RunsList(
            DirectoryEndpoints.One(query, "conversation"), ReadState(query), DirectoryEndpoints.One(query, "agent"), ReadTime(query),
            DirectoryEndpoints.ReadLimit(query, 100), DirectoryEndpoints.One(query, "after"));
        return AskAsync(context, Envelope.Create(caller.Sender, RunAddress.IndexFor(caller.Sender), list), stop);
    });

    public Task ReadAsync(HttpContext context) => door.RunAsync(context, (caller, stop) =>
    {
        int? history = DirectoryEndpoints.One(context.Request.Query, "history") is { } text
            ? int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var most) ? most : throw Refuse("The parameter 'history' is a whole number.")
            : null;
        return AskAsync(context, Envelope.Create(caller.Sender, Run(context, behind: 0), new RunRead(history)), stop);
    });

    /// <summary>The log of a run, as it grows, until the run is over.</summary>
    public Task FollowAsync(HttpContext context) => door.RunAsync(context, (caller, stop) =>
    {
        var run = agents.As(caller.Sender).Run(Run(context, behind: 1).Key);
        var after = ReadAfter(context.Request);
        return streams.ServeAsync(
            context,
            async until => await run.Agent.AskAsync(new RunFollow(after, Limit: 1), cancellationToken: until),
            run.FollowJsonAsync(after, CancellationToken.None).Select(one => (one.Sequence, (ReadOnlyMemory<byte>)one.Json)),
            stop);
    });

    public Task SayAsync(HttpContext context) => door.RunAsync(context, async (caller, stop) =>
    {
        var body = await sending.ReadBodyAsync(context, stop);
        await AskAsync(context, HttpMessage.Read(context, caller.Sender, Run(context, behind: 1), body, door.Limits, Contract.Of<RunSay>().Name), stop);
    });

    public Task CancelAsync(HttpContext context) => door.RunAsync(
        context, (caller, stop) => AskAsync(context, Envelope.Create(caller.Sender, Run(context, behind: 1), new RunCancel()), stop));

    private async Task AskAsync(HttpContext context, Envelope message, CancellationToken cancellationToken) =>
        await SendEndpoints.AnswerAsync(context, await sending.SendAsync(context, message, cancellationToken), cancellationToken);

    private static AgentId Run(HttpContext context, int behind) =>
        AgentId.TryParse($"{RunAddress.Kind}/{RawPath.Read(context, "id", behind)}", defaultKind: null, out var run, out var fault)
            ? run
            : throw new AgentRefusedException(RefusalCodes.BadAddress, fault);

    /// <summary>What stands before the paths of this interface, as the caller wrote it.</summary>
    private static string Prefix(HttpContext context, string root)
    {
        var path = context.Request.PathBase + context.Request.Path.ToUriComponent();
        return path[..path.IndexOf(root, StringComparison.OrdinalIgnoreCase)];
    }

    private static long? ReadWithin(HttpRequest request) => DirectoryEndpoints.One(request.Query, "within") is not { } text ? null
        : double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds > 0 && seconds <= int.MaxValue
            ? (long)Math.Ceiling(seconds * 1000)
            : throw Refuse("The parameter 'within' is a number of seconds above zero, such as 90.");

    private static long ReadAfter(HttpRequest request)
    {
        var (last, after) = (request.Headers["Last-Event-ID"].ToString(), DirectoryEndpoints.One(request.Query, "after"));
        var text = last.Length > 0 ? last : after ?? "0";
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var place) ? place
            : throw Refuse("The header Last-Event-ID, or the parameter 'after', is the place of an event, such as 17.");
    }

    private static RunState? ReadState(IQueryCollection query)
    {
        if (DirectoryEndpoints.One(query, "state") is not { } text)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<RunState>(Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(text)}\""), PayloadJson.Options);
        }
        catch (JsonException)
        {
            throw Refuse("The parameter 'state' is submitted, working, inputRequired, authRequired, completed, failed, cancelled or rejected.");
        }
    }

    private static DateTimeOffset? ReadTime(IQueryCollection query) => DirectoryEndpoints.One(query, "since") is not { } text ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at
        : throw Refuse("The parameter 'since' is a time such as 2026-01-31T12:00:00Z.");

    private static AgentRefusedException Refuse(string message) => new(HttpCodes.BadParameter, message);
}
