using System.Text.Json.Serialization;
using OrleansAgents.Agents;

namespace OrleansAgents.Messaging;

/// <summary>
/// What became of a question that an agent asked without waiting: it comes to the agent as a turn of its own, once, after
/// the last answer or when the time is over. The platform's own message: nobody else can send it.
/// </summary>
/// <param name="Question">The id that the asking returned.</param>
/// <param name="Tag">The text that was given with it; null for none.</param>
/// <param name="All">An answer for each agent asked, in the order they were named, also of those that gave none.</param>
[Contract(ContractName)]
public sealed record Answers(Guid Question, string? Tag, IReadOnlyList<Answer> All)
{
    /// <summary>The contract's name.</summary>
    public const string ContractName = "agent.answers";

    /// <summary>The only answer, of a question to one agent.</summary>
    /// <exception cref="InvalidOperationException">It was asked of several, or of none.</exception>
    [JsonIgnore]
    public Answer Single => All.Count == 1 ? All[0] : throw new InvalidOperationException($"The question was asked of {All.Count} agents.");

    /// <summary>How many agents answered.</summary>
    [JsonIgnore]
    public int Count => All.Count(a => a.IsGiven);
}

/// <summary>What one agent answered, or why it did not.</summary>
[JsonConverter(typeof(AnswerConverter))]
public sealed class Answer
{
    private readonly Reply _reply;

    internal Answer(AgentId agent, Reply reply) => (Agent, _reply) = (agent, reply);

    /// <summary>Who was asked.</summary>
    public AgentId Agent { get; }

    /// <summary>Whether it handled the question. What it answered may still be nothing, where the contract asks for nothing.</summary>
    public bool IsGiven => _reply.Refusal is null;

    /// <summary>
    /// Why there is no answer; null where there is one. <see cref="RefusalCodes.Cancelled"/>: enough others had answered.
    /// <see cref="RefusalCodes.DeadlineExceeded"/>: the time was over, and whether the agent handled the question is unknown.
    /// </summary>
    public Refusal? Refusal => _reply.Refusal;

    internal Reply Reply => _reply;

    /// <summary>The answer.</summary>
    /// <exception cref="AgentRefusedException">There is none; the exception has the reason.</exception>
    /// <exception cref="System.Text.Json.JsonException">It does not fit <typeparamref name="TReply"/>.</exception>
    public TReply Read<TReply>() => _reply.Refusal is { } refusal ? throw new AgentRefusedException(refusal) : _reply.As<TReply>()!;

    /// <summary>The answer's UTF-8 JSON; null where the contract asks for nothing, or there is no answer.</summary>
    public byte[]? ReadJson() => _reply.ToJson();
}
