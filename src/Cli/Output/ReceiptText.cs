using OrleansAgents.Messaging;

namespace OrleansAgents.Output;

/// <summary>Receipts as sentences.</summary>
internal static class ReceiptText
{
    /// <summary>What is told of an exception on the way: what the runtime says of itself may quote what it carried.</summary>
    public static Refusal NoAnswer(Exception error) => new(
        RefusalCodes.Unreachable, $"The message may not have reached its recipient ({error.GetType().Name}); send it again with the same id to learn.");

    /// <summary>One line for the whole, or one for each problem.</summary>
    public static IEnumerable<string> Explain(Outcome outcome, Refusal refusal) =>
        refusal.Problems is { Count: > 0 } problems
            ? problems.Select(p => $"{ReceiptJson.Name(outcome)}: {p.Code}{(p.Pointer.Length == 0 ? "" : " at " + p.Pointer)}: {p.Message}")
            : [$"{ReceiptJson.Name(outcome)}: {refusal.Code}: {refusal.Message}"];
}
