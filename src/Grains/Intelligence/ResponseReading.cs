using System.Text;
using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Intelligence;

/// <summary>What a model's answer came to.</summary>
/// <param name="Message">The record; null where the answer is none.</param>
/// <param name="Problems">Everything that is wrong, by JSON pointers into the answer; empty where there is a record.</param>
public sealed record ResponseReading(object? Message, IReadOnlyList<Problem> Problems)
{
    private const string Fence = "```";
    private const string PayloadPrefix = "/payload";

    // Somebody must be the sender of what is checked as a message's payload is.
    private static readonly AgentId Nobody = new("model", "answer");

    /// <summary>What to tell the model so that it mends its answer; null where nothing is wrong.</summary>
    public string? RepairPrompt => Problems.Count == 0
        ? null
        : $"Your answer does not keep the schema:\n{string.Join('\n', Problems.Select(p => p.Pointer.Length == 0 ? $"- {p.Message}" : $"- at {p.Pointer}: {p.Message}"))}\nAnswer again with the whole JSON object, corrected, and nothing else.";

    internal static ResponseReading Of(Contract contract, string text)
    {
        var json = Encoding.UTF8.GetBytes(Unwrap(text));
        if (json.Length == 0)
        {
            return new(null, [new Problem("", RefusalCodes.MalformedJson, "The answer is empty; it must be one JSON object.")]);
        }

        var envelope = Envelope.CreateJson(Nobody, Nobody, contract.Name, json, contract.Version);
        if (FindFault(json) is { } fault)
        {
            return new(null, [fault]);
        }

        try
        {
            PayloadCheck.For(contract)?.Demand(envelope);
            return new(JsonSerializer.Deserialize(json, contract.TypeInfo), []);
        }
        catch (AgentRefusedException e)
        {
            return new(null, Outside(e.Refusal.Problems ?? [new Problem("", e.Code, e.Message)]));
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException or ArgumentException or FormatException or OverflowException)
        {
            var problems = Outside(PayloadProblems.Find(envelope, contract));
            return new(null, problems.Count > 0 ? problems : [new Problem("", RefusalCodes.InvalidPayload, $"The answer is no {contract}.")]);
        }
    }

    private static Problem? FindFault(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = PayloadJson.MaxDepth, AllowDuplicateProperties = false });
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? null
                : new Problem("", RefusalCodes.WrongKind, $"The answer is {document.RootElement.ValueKind.ToString().ToLowerInvariant()}; it must be one JSON object.");
        }
        catch (JsonException e)
        {
            return new Problem("", RefusalCodes.MalformedJson, $"The answer is no JSON, or has a member twice, at line {e.LineNumber + 1}; it must be one JSON object and nothing else.");
        }
    }

    private static string Unwrap(string text)
    {
        var trimmed = text.Trim();
        if (!trimmed.StartsWith(Fence, StringComparison.Ordinal) || !trimmed.EndsWith(Fence, StringComparison.Ordinal))
        {
            return trimmed;
        }

        var start = trimmed.IndexOf('\n', StringComparison.Ordinal) + 1;
        var end = trimmed.Length - Fence.Length;
        return start > 0 && start <= end ? trimmed[start..end].Trim() : trimmed;
    }

    private static IReadOnlyList<Problem> Outside(IReadOnlyList<Problem> problems) =>
        [.. problems.Select(p => p.Pointer.StartsWith(PayloadPrefix, StringComparison.Ordinal) ? p with { Pointer = p.Pointer[PayloadPrefix.Length..] } : p)];
}
