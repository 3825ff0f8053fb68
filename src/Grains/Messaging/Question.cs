using System.Text;
using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Security;

namespace OrleansAgents.Messaging;

/// <summary>
/// A question that an agent asked and that no turn waits for: the same message to each of several agents, and what they
/// answered so far. It is over when all have answered, when enough have or cannot any more, or when its time is.
/// </summary>
internal sealed class Question
{
    private static readonly Refusal NotNeeded = new(RefusalCodes.Cancelled, "Enough others had answered, or could not.");
    private static readonly Refusal TooLate = new(RefusalCodes.DeadlineExceeded, "The time was over before it answered; whether it handled the question is unknown.");

    private readonly Envelope _asked;
    private readonly Envelope[] _legs;
    private readonly Reply?[] _replies;
    private readonly int? _enough;
    private readonly string? _tag;
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private int _given, _missing;

    /// <param name="asked">The message, from the agent to itself, under the question's id.</param>
    /// <param name="legs">The message to each agent asked.</param>
    /// <param name="options">How many are enough, and the tag.</param>
    public Question(Envelope asked, Envelope[] legs, QuestionOptions? options)
        : this(asked, legs, options?.Enough, options?.Tag)
    {
    }

    private Question(Envelope asked, Envelope[] legs, int? enough, string? tag)
    {
        (_asked, _legs, _enough, _tag) = (asked, legs, enough, tag);
        _replies = new Reply?[legs.Length];
        if (IsSettled)
        {
            _settled.SetResult();
        }
    }

    public MessageId Id => _asked.Id;

    public DateTimeOffset Until => _asked.ExpiresAt!.Value;

    public ReadOnlySpan<Envelope> Legs => _legs;

    /// <summary>Whether answers are still wanted.</summary>
    public bool IsOpen { get; private set; } = true;

    /// <summary>Whether enough have answered, or too few still can.</summary>
    public bool IsSettled => _given + _missing == _legs.Length || (_enough is { } enough && (_given >= enough || _legs.Length - _missing < enough));

    /// <summary>Ends when enough have answered, or too few still can.</summary>
    public Task Settled => _settled.Task;

    /// <summary>Takes an answer. One that comes late is passed over. Thread-safe.</summary>
    public void Take(int leg, Reply reply)
    {
        lock (_lock)
        {
            if (!IsOpen || _replies[leg] is not null)
            {
                return;
            }

            _replies[leg] = reply;
            if (reply.Refusal is null)
            {
                _given++;
            }
            else
            {
                _missing++;
            }

            if (!IsSettled)
            {
                return;
            }
        }

        _settled.TrySetResult();
    }

    /// <summary>Takes no more answers; what comes back are those who have not answered. Thread-safe.</summary>
    public IReadOnlyList<Envelope> Close()
    {
        lock (_lock)
        {
            IsOpen = false;
            return _given + _missing == _legs.Length ? [] : [.. _legs.Where((_, i) => _replies[i] is null)];
        }
    }

    /// <summary>The message that tells the agent what came of it.</summary>
    public Envelope ToAnswers()
    {
        var missing = Reply.Refused(IsSettled ? NotNeeded : TooLate);
        var all = new Answer[_legs.Length];
        for (var i = 0; i < all.Length; i++)
        {
            all[i] = new Answer(_legs[i].Recipient, _replies[i] ?? missing);
        }

        // Under the question's own id, so that two activations cannot both have it handled.
        return Envelope.Create(_asked.Sender, _asked.Sender, new Answers(Id.Value, _tag, all)).WithId(Id)
            .With(_asked.Extras! with { CorrelationId = Id });
    }

    /// <summary>What the store keeps of it until it is over.</summary>
    public OutgoingMessage Keep()
    {
        var isWhole = _legs.Where(IsItsOwn).Any();
        var record = new QuestionRecord(
            _asked.Type, _asked.Version,
            isWhole ? default(JsonElement?) : JsonElement.Parse(_asked.PayloadJson.Span),
            isWhole ? [] : [.. _legs.Select(leg => leg.Recipient.ToString())],
            isWhole ? [.. _legs.Select(leg => Encoding.UTF8.GetString(EnvelopeJson.ToBytes(leg)))] : null,
            _enough, Until, _tag);
        var kept = Envelope.Create(_asked.Sender, _asked.Sender, record).WithId(Id).With(_asked.Extras);
        return new OutgoingMessage(kept, Until) { DueAt = DateTimeOffset.MaxValue };
    }

    /// <summary>Whether a message that the store keeps is a question.</summary>
    public static bool IsKept(OutgoingMessage message) => message.DueAt == DateTimeOffset.MaxValue && message.Envelope.Type == QuestionRecord.ContractName;

    /// <summary>A question as the store kept it.</summary>
    public static Question Restore(Envelope kept)
    {
        var record = (QuestionRecord)kept.ReadPayload(Contract.Of<QuestionRecord>());
        var self = kept.Recipient;
        var payload = record.Payload is { } json ? Encoding.UTF8.GetBytes(json.GetRawText()) : "{}"u8.ToArray();
        var asked = new Envelope(kept.Id, self, self, Contract.Untyped(record.Type, record.Version), value: null, payload)
            .WithExpiry(record.Until).With(kept.Extras);
        var legs = record.Sealed is { } whole
            ? whole.Select(ReadWhole).ToArray()
            : record.Agents.Select((agent, i) => asked.To(AgentId.Parse(agent), kept.Id.Following(i + 1))).ToArray();
        return new Question(asked, legs, record.Enough, record.Tag);
    }

    /// <summary>Whether a message is more than the question, addressed to somebody: it is sealed for one, or was there before the question.</summary>
    private bool IsItsOwn(Envelope leg, int place) =>
        leg.Extras?.Encryption is not null || leg.Sender != _asked.Sender || leg.Id != Id.Following(place + 1);

    private static Envelope ReadWhole(string text)
    {
        var (leg, problems) = EnvelopeJson.Read(Encoding.UTF8.GetBytes(text), MessageLimits.Kept);
        return leg is null ? throw new JsonException($"A kept question cannot be read: {problems![0].Message}")
            : leg.Extras is { Encryption: not null } extras ? leg.WithPayload(leg.PayloadJson, extras, isSealedHere: true)
            : leg;
    }
}

/// <summary>A question as it rests in the store: the message, whom it was put to, and until when. It is never sent.</summary>
/// <param name="Type">The contract's name.</param>
/// <param name="Version">The contract's version.</param>
/// <param name="Payload">The payload; null where the whole messages are there.</param>
/// <param name="Agents">Who is asked; empty where the whole messages are there.</param>
/// <param name="Sealed">Where it is sealed for somebody, or is a message with an id of its own, the whole message to each.</param>
/// <param name="Enough">How many must answer; null for all.</param>
/// <param name="Until">When the time is over.</param>
/// <param name="Tag">The text that the agent knows it by; null for none.</param>
[Contract(ContractName)]
internal sealed record QuestionRecord(
    string Type, int Version, JsonElement? Payload, IReadOnlyList<string> Agents, IReadOnlyList<string>? Sealed, int? Enough, DateTimeOffset Until, string? Tag)
{
    public const string ContractName = "agent.question";
}
