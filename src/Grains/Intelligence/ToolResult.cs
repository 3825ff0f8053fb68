using System.Text;
using System.Text.Json;
using OrleansAgents.Messaging;

namespace OrleansAgents.Intelligence;

/// <summary>What a model hears of a tool that it called.</summary>
internal static class ToolResult
{
    // A model's window is small, and what one tool says is not to be all of it.
    private const int MostCharacters = 32 * 1024;

    public static object? Of(byte[]? json) => json is null ? null : Of(JsonElement.Parse(json));

    public static object? Of(JsonElement? result) => result switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => Cut(text.GetString()!),
        { } json when json.GetRawText() is { Length: > MostCharacters } raw => Cut(raw),
        _ => result,
    };

    public static object Of(Refusal refusal)
    {
        var text = new StringBuilder($"Error ({refusal.Code}): {refusal.Message}");
        foreach (var problem in refusal.Problems ?? [])
        {
            text.Append('\n').Append("- at ").Append(problem.Pointer).Append(": ").Append(problem.Message);
        }

        return Cut(text.ToString());
    }

    public static object OfFault(string sentence) => Cut($"Error: {sentence}");

    /// <summary>Whether it is the model that made a mistake: it gave a payload that does not keep its contract.</summary>
    public static bool IsModels(Refusal refusal) => refusal.Problems is { Count: > 0 } || refusal.Code is RefusalCodes.InvalidPayload or RefusalCodes.TooLarge;

    private static string Cut(string text) =>
        text.Length <= MostCharacters ? text : $"{text[..MostCharacters]}… (cut: {text.Length} characters in all)";
}
