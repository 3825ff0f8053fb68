using System.Text;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.DeadLetters;

/// <summary>Keeps no state: its letters are messages that it never sends, each of which the store keeps by itself.</summary>
internal sealed class DeadLettersState;

/// <summary>Keeps dead letters until somebody replays or drops them.</summary>
[Agent(DeadLetterAddress.Kind, Description = "Keeps messages that were given up on, until somebody replays or drops them.")]
internal sealed class DeadLettersAgent(ContractCatalogue catalogue) : Agent<DeadLettersState>,
    IHandle<DeadLetter>, IHandle<DeadLetterList, DeadLetterPage>, IHandle<DeadLetterShow, DeadLetter>,
    IHandle<DeadLetterReplay, DeadLetterDone>, IHandle<DeadLetterDrop, DeadLetterDone>
{
    public ValueTask HandleAsync(DeadLetter message, AgentContext context, CancellationToken cancellationToken)
    {
        context.Keep(context.Message.WithExpiry(null));
        return default;
    }

    public ValueTask<DeadLetterPage> HandleAsync(DeadLetterList request, AgentContext context, CancellationToken cancellationToken)
    {
        if (request.Limit < 1)
        {
            throw new AgentRefusedException(RefusalCodes.InvalidPayload, "The member 'limit' is 1 or more.");
        }

        var matching = Letters().Select(l => (l.Envelope.Id, Letter: Read(l))).Where(l => Matches(l.Letter, request)).OrderBy(l => l.Letter.At).ToArray();
        return new(new DeadLetterPage([.. matching.Take(request.Limit).Select(l => Describe(l.Id, l.Letter))], matching.Length));
    }

    public ValueTask<DeadLetter> HandleAsync(DeadLetterShow request, AgentContext context, CancellationToken cancellationToken) =>
        new(Find(request.Id) is { } letter
            ? Read(letter)
            : throw new AgentRefusedException("dead-letter.unknown", $"There is no dead letter {request.Id}; it was replayed or dropped, or is kept by another shard."));

    public ValueTask<DeadLetterDone> HandleAsync(DeadLetterReplay request, AgentContext context, CancellationToken cancellationToken)
    {
        if (Find(request.Id) is not { } letter)
        {
            return new(new DeadLetterDone(false));
        }

        // Whether it is too large or too deep, its recipient's gate says, by the limits of today.
        var (envelope, problems) = EnvelopeJson.Read(Encoding.UTF8.GetBytes(Read(letter).Envelope), MessageLimits.Kept, catalogue);
        if (envelope is null)
        {
            throw new AgentRefusedException(Refusal.Of(problems!));
        }

        context.CancelScheduled(letter.Envelope.Id);
        context.Resend(envelope.WithExpiry(null));
        return new(new DeadLetterDone(true));
    }

    public ValueTask<DeadLetterDone> HandleAsync(DeadLetterDrop request, AgentContext context, CancellationToken cancellationToken)
    {
        var letter = Find(request.Id);
        if (letter is not null)
        {
            context.CancelScheduled(letter.Envelope.Id);
        }

        return new(new DeadLetterDone(letter is not null));
    }

    private DeadLetter Read(OutgoingMessage letter) =>
        (DeadLetter)(Turns.Host.Cipher?.Open(letter.Envelope) ?? letter.Envelope).ReadPayload(Contract.Of<DeadLetter>());

    private static bool Matches(DeadLetter letter, DeadLetterList filter) =>
        (filter.Code is null || filter.Code == letter.Code)
        && (filter.Type is null || filter.Type == letter.Type)
        && (filter.Recipient is null || filter.Recipient == letter.Recipient || letter.Recipient.StartsWith(filter.Recipient + "/", StringComparison.Ordinal));

    private static DeadLetterEntry Describe(MessageId id, DeadLetter letter) => new(
        id.Value, letter.Message, letter.Type, letter.Sender, letter.Recipient, letter.Code, letter.Reason, letter.Attempts, letter.Since, letter.At);

    private IEnumerable<OutgoingMessage> Letters() =>
        Turns.Outbox.Later.Messages.Values.Where(m => m.DueAt == DateTimeOffset.MaxValue && m.Envelope.Recipient == Id);

    private OutgoingMessage? Find(Guid id) =>
        Turns.Outbox.Later.Messages.GetValueOrDefault(new MessageId(id)) is { } letter && letter.DueAt == DateTimeOffset.MaxValue ? letter : null;
}
