using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Newtonsoft.Json;
using NJsonSchema;
using NJsonSchema.Validation;
using OrleansAgents.Agents;

namespace OrleansAgents.Messaging;

/// <summary>
/// Holds the payloads of one contract to what it says beyond its record: annotations, or a schema of its own. Made once;
/// a contract that says no more has none.
/// </summary>
internal sealed class PayloadCheck
{
    private static readonly ConcurrentDictionary<Contract, PayloadCheck?> Known = new();

    private readonly Contract _contract;
    private readonly JsonSchema _schema;
    private readonly JsonSchemaValidator _validator;

    private PayloadCheck(Contract contract, JsonObject constraints)
    {
        _contract = contract;
        var (schema, patterns) = EnforcedSchema.Of(constraints);
        // Nothing in it leads out of it, so there is nothing to wait for.
        var read = JsonSchema.FromJsonAsync(schema.ToJsonString());
        _schema = read.IsCompletedSuccessfully
            ? read.Result
            : throw new InvalidOperationException($"The schema of {contract} cannot be used: {read.Exception?.GetBaseException().Message}", read.Exception);
        _validator = new JsonSchemaValidator([.. patterns]);
    }

    /// <summary>The check of a contract; null where there is nothing to check.</summary>
    /// <exception cref="InvalidOperationException">Its annotations or its schema are faulty; the message says which and why.</exception>
    public static PayloadCheck? For(Contract? contract) => contract?.MessageType is null
        ? null
        : Known.GetOrAdd(contract, static c => ContractSchema.Constraints(c) is { } constraints ? new PayloadCheck(c, constraints) : null);

    /// <exception cref="AgentRefusedException">The payload does not keep the constraints; it names every problem.</exception>
    public void Demand(Envelope message)
    {
        if (Find(message) is { Count: > 0 } problems)
        {
            throw new AgentRefusedException(Refusal.Of(problems));
        }
    }

    private IReadOnlyList<Problem> Find(Envelope message)
    {
        ICollection<ValidationError> errors;
        try
        {
            errors = _validator.Validate(Encoding.UTF8.GetString(message.PayloadJson.Span), _schema);
        }
        catch (Exception e) when (e is JsonReaderException or OverflowException or FormatException or InvalidCastException)
        {
            var faults = PayloadProblems.Find(message, _contract);
            return faults.Count > 0 ? faults : [new Problem("/payload", RefusalCodes.InvalidPayload, $"The payload of {_contract} has a value that its schema cannot be checked for; a number may be too large.")];
        }

        if (errors.Count == 0)
        {
            return [];
        }

        // What is no such record is said in the words of records, and once.
        var problems = PayloadProblems.Find(message, _contract).ToList();
        foreach (var problem in SchemaProblems.Of(errors, _contract))
        {
            if (!problems.Exists(p => p.Pointer == problem.Pointer))
            {
                problems.Add(problem);
            }
        }

        return problems;
    }
}
