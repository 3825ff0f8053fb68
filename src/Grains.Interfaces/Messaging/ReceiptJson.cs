using System.Text.Json;

namespace OrleansAgents.Messaging;

/// <summary>Receipts as the wire format has them.</summary>
internal static class ReceiptJson
{
    public static string Name(Outcome outcome) => outcome switch
    {
        Outcome.Accepted => "accepted",
        Outcome.Duplicate => "duplicate",
        Outcome.Refused => "refused",
        _ => "failed",
    };

    public static void WriteMembers(Utf8JsonWriter json, MessageId? id, Outcome outcome, Refusal? refusal)
    {
        if (id is { } known)
        {
            json.WriteString("id", known.Value);
        }

        json.WriteString("outcome", Name(outcome));
        if (refusal is null)
        {
            return;
        }

        json.WriteString("code", refusal.Code);
        json.WriteString("message", refusal.Message);
        WriteProblems(json, refusal);
    }

    /// <summary>Writes the member <c>problems</c> where there are any.</summary>
    public static void WriteProblems(Utf8JsonWriter json, Refusal refusal)
    {
        if (refusal.Problems is { Count: > 0 } problems)
        {
            json.WriteStartArray("problems");
            foreach (var problem in problems)
            {
                json.WriteStartObject();
                json.WriteString("pointer", problem.Pointer);
                json.WriteString("code", problem.Code);
                json.WriteString("message", problem.Message);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }
    }

    public static Refusal Of(IReadOnlyList<Problem> problems) =>
        new(problems[0].Code, string.Join(' ', problems.Select(p => p.Message))) { Problems = problems };
}
