using OrleansAgents.Contracts;

namespace OrleansAgents.Output;

/// <summary>Changes of contracts, for people and for programs.</summary>
internal static class ChangeText
{
    public static void Write(CommandOutput output, IReadOnlyList<ContractChange> changes)
    {
        if (output.Json)
        {
            WriteJson(output, changes);
            return;
        }

        foreach (var change in changes)
        {
            output.Line($"{(change.IsBreaking ? "breaking  " : "compatible")}  {change.Contract}{(change.Pointer.Length == 0 ? "" : " " + change.Pointer)}: {change.Message}");
            if (change.Remedy is { } remedy)
            {
                output.Line($"            {remedy}");
            }
        }

        var breaking = changes.Count(c => c.IsBreaking);
        output.Line($"{breaking} breaking, {changes.Count - breaking} compatible");
    }

    private static void WriteJson(CommandOutput output, IReadOnlyList<ContractChange> changes) => output.Object(json =>
    {
        json.WriteNumber("breaking", changes.Count(c => c.IsBreaking));
        json.WriteNumber("compatible", changes.Count(c => !c.IsBreaking));
        json.WriteStartArray("changes");
        foreach (var change in changes)
        {
            json.WriteStartObject();
            json.WriteBoolean("breaking", change.IsBreaking);
            json.WriteString("contract", change.Contract);
            json.WriteString("pointer", change.Pointer);
            json.WriteString("rule", change.Rule);
            json.WriteString("message", change.Message);
            if (change.Remedy is { } remedy)
            {
                json.WriteString("remedy", remedy);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    });
}
