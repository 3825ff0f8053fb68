using OrleansAgents.Messaging;

namespace OrleansAgents.Agents;

/// <content>Questions that no turn waits for.</content>
public sealed partial class AgentContext
{
    internal List<Question>? Questions { get; private set; }

    /// <summary>
    /// Asks another agent after the commit, and does not wait: the answer, or why there is none, comes to this agent as
    /// <see cref="Answers"/>. In a durable agent the question survives crashes, and the other is asked until it answers or
    /// the time is over, always with the same id, so that what it does for it is done once. A volatile agent forgets its
    /// questions when it stops.
    /// </summary>
    /// <returns>The question's id, by which its answers are known and it can be withdrawn.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is none.</exception>
    /// <exception cref="InvalidOperationException">The turn is over, or is that of a query, or the agent does not handle <see cref="Answers"/>.</exception>
    public MessageId Ask<TReply>(AgentId to, IRequest<TReply> request, QuestionOptions? options = null) =>
        Ask([to], Contract.Of(request.GetType()), request, payload: default, options);

    /// <summary>Asks several agents the same at once; their answers come together. Otherwise as <see cref="Ask{TReply}(AgentId, IRequest{TReply}, QuestionOptions?)"/>.</summary>
    /// <param name="of">Whom to ask; of nobody, the answers come at once and are none.</param>
    /// <param name="request">What.</param>
    /// <param name="options">How long, how many are enough, and a tag; null for the defaults.</param>
    /// <inheritdoc cref="Ask{TReply}(AgentId, IRequest{TReply}, QuestionOptions?)" path="/exception"/>
    public MessageId Gather<TReply>(IEnumerable<AgentId> of, IRequest<TReply> request, QuestionOptions? options = null) =>
        Ask([.. of], Contract.Of(request.GetType()), request, payload: default, options);

    /// <summary>Asks several agents the same at once, with a JSON object as it is. Otherwise as <see cref="Gather"/>.</summary>
    /// <exception cref="FormatException">The contract's name or version breaks the rules.</exception>
    /// <exception cref="AgentRefusedException">The payload is no JSON object.</exception>
    /// <inheritdoc cref="Ask{TReply}(AgentId, IRequest{TReply}, QuestionOptions?)" path="/exception"/>
    public MessageId GatherJson(
        IEnumerable<AgentId> of, string type, ReadOnlyMemory<byte> payload, int version = 1, QuestionOptions? options = null)
    {
        var contract = Contract.Untyped(type, version);
        return new Envelope(default, Self, Self, contract, value: null, payload).IsPayloadObject()
            ? Ask([.. of], contract, request: null, payload, options)
            : throw new AgentRefusedException(RefusalCodes.MalformedJson, $"The payload of {contract} is no JSON object.");
    }

    /// <summary>Withdraws a question, with this turn's commit: no answers come, and those asked are told to stop. Does nothing when the answers have come.</summary>
    /// <inheritdoc cref="Tell" path="/exception"/>
    public void Withdraw(MessageId question) => CancelScheduled(question);

    private MessageId Ask(AgentId[] of, Contract contract, object? request, ReadOnlyMemory<byte> payload, QuestionOptions? options)
    {
        RefuseInQuery();
        var turns = Turns;
        if (!turns.HandlesAnswers)
        {
            throw new InvalidOperationException($"The kind '{Self.Kind}' has no handler for the answers; add IHandle<Answers>.");
        }

        if (options is { Within: { } time } && time <= TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(nameof(options), time, "Within must be above zero.");
        }

        if (options is { Enough: < 1 })
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.Enough, "Enough must be 1 or more.");
        }

        var id = MessageId.NewRange(of.Length + 1);
        var until = turns.Host.Time.GetUtcNow() + (options?.Within ?? turns.Host.Options.AskTimeout);
        var asked = LinkPlain(new Envelope(id, Self, Self, contract, request, payload).WithExpiry(until), asks: false);
        Ask(new Question(asked, Address(asked, of), options));
        return id;
    }

    /// <summary>The same message to each, under ids that follow its own.</summary>
    private Envelope[] Address(Envelope asked, AgentId[] of)
    {
        if (Turns.Commits is not null)
        {
            // Written once, for the store and for all that are asked.
            _ = asked.PayloadJson;
        }

        var legs = new Envelope[of.Length];
        for (var i = 0; i < of.Length; i++)
        {
            legs[i] = Seal(asked.To(of[i], asked.Id.Following(i + 1)));
        }

        return legs;
    }

    private void Ask(Question question)
    {
        if (Turns.Commits is not null)
        {
            (Scheduled ??= []).Add(question.Keep());
        }

        (Questions ??= []).Add(question);
    }
}
