using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Patterns;

/// <summary>One step of a saga or a sequence.</summary>
/// <param name="Request">What is asked of whom.</param>
/// <param name="Compensation">
/// What takes the step back; null for a step that needs none. It is also sent where the step's outcome is unknown, so it
/// must do no harm where the step was never done. A compensation comes once, as far as its agent remembers messages.
/// </param>
/// <param name="Within">How long one try may take; null for the silo's <c>AgentOptions.AskTimeout</c>. Above zero.</param>
/// <param name="Retries">
/// How often the step is tried again, under the same message id, where its handler fails or the time is over. A refusal
/// is an answer, and is not tried again. 0 unless told, 100 at most.
/// </param>
public sealed record SagaStep(SagaMessage Request, SagaMessage? Compensation = null, TimeSpan? Within = null, int Retries = 0)
{
    /// <summary>A step that asks an agent.</summary>
    /// <param name="to">Whom.</param>
    /// <param name="request">What: the record of a contract, whether it asks for a reply or not.</param>
    /// <param name="carry">What of earlier replies enters the request.</param>
    /// <exception cref="InvalidOperationException">The record is no contract.</exception>
    public static SagaStep Of(AgentId to, object request, params IReadOnlyList<SagaCarry> carry) => new(SagaMessage.Of(to, request, carry));

    /// <summary>The same step with what takes it back.</summary>
    /// <param name="to">Whom to tell.</param>
    /// <param name="request">What: the record of a contract.</param>
    /// <param name="carry">What of replies enters it; of this step's own, where none is named.</param>
    /// <exception cref="InvalidOperationException">The record is no contract.</exception>
    public SagaStep CompensatedBy(AgentId to, object request, params IReadOnlyList<SagaCarry> carry) =>
        this with { Compensation = SagaMessage.Of(to, request, carry) };
}

/// <summary>A message of a saga.</summary>
/// <param name="To">Whom it is for.</param>
/// <param name="Type">The contract's name.</param>
/// <param name="Payload">The payload, a JSON object.</param>
/// <param name="Version">The contract's version.</param>
/// <param name="Carry">What of earlier replies enters the payload; null for nothing.</param>
public sealed record SagaMessage(string To, string Type, JsonElement Payload, int Version = 1, IReadOnlyList<SagaCarry>? Carry = null)
{
    /// <summary>A message that carries a record.</summary>
    /// <exception cref="InvalidOperationException">The record is no contract.</exception>
    public static SagaMessage Of(AgentId to, object request, IReadOnlyList<SagaCarry>? carry = null)
    {
        var contract = Contract.Of(request.GetType());
        return new(to.ToString(), contract.Name, JsonSerializer.SerializeToElement(request, contract.TypeInfo), contract.Version, carry is { Count: > 0 } ? carry : null);
    }
}

/// <summary>Puts a part of an earlier reply into a payload.</summary>
/// <param name="Into">The member of the payload that it becomes, in the place of what stands there.</param>
/// <param name="From">Which part, as a JSON pointer (RFC 6901); empty for the whole reply.</param>
/// <param name="Step">Whose reply, counted from 0; null for the step before or, in a compensation, for the step that it takes back.</param>
public sealed record SagaCarry(string Into, string From = "", int? Step = null);
