using Orleans.Runtime;
using Orleans.Serialization.Invocation;
using OrleansAgents.Agents;
using OrleansAgents.DeadLetters;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;

namespace OrleansAgents.Testing.Hosting;

/// <summary>What one call between agents carries: a message, or events of a topic.</summary>
internal static class Parcel
{
    /// <summary>The messages of a call; null for a call that carries none.</summary>
    public static IReadOnlyList<Envelope>? Open(IInvokable request) => Content(request) switch
    {
        Envelope message => [message],
        EventBatch batch => batch.Events,
        _ => null,
    };

    /// <summary>The message that a call cancels; null for any other call.</summary>
    public static MessageId? Cancelled(IInvokable request) =>
        request.GetInterfaceType() == typeof(IAgentGrain) && request.GetMethodName() == nameof(IAgentGrain.CancelAsync) && Content(request) is Guid id ? new MessageId(id) : null;

    public static object? Content(IInvokable request) => request.GetArgumentCount() > 0 ? request.GetArgument(0) : null;

    public static AgentId Address(GrainId grain) => new(grain.Type.ToString()!, grain.Key.ToString()!);

    /// <summary>The messages that their sender, having got this answer, is going to send again.</summary>
    public static IEnumerable<Envelope> SentAgain(Flight flight, object? answer) => answer switch
    {
        Reply { Refusal: { } refusal } reply => flight.Messages.Where(m => IsRepeated(m, reply, refusal)),
        EventsReply { Stop.Refusal: { } refusal } reply => flight.Messages.Skip(reply.Handled).Where(m => IsRepeated(m, reply.Stop, refusal)),
        _ => [],
    };

    /// <summary>The message that was given up on for this one; null when this is no dead letter.</summary>
    public static (MessageId Message, AgentId Recipient)? GivenUp(Envelope message) =>
        message.Type == Contract.Of<DeadLetter>().Name
            && System.Text.Json.JsonSerializer.Deserialize<DeadLetter>(message.PayloadJson.Span, PayloadJson.Options) is { } letter
            ? (new MessageId(letter.Message), letter.Recipient)
            : null;

    // Who asks puts a deadline on it and repeats only what is transient; who tells repeats what failed, too.
    private static bool IsRepeated(Envelope message, Reply reply, Refusal refusal) =>
        RefusalCodes.IsTransient(refusal.Code)
        || (message.ExpiresAt is null && (reply.Outcome == Outcome.Failed || refusal.Code == RefusalCodes.Unreachable));
}
