using System.Text.Json;
using Microsoft.Extensions.AI;
using OrleansAgents.Messaging;

namespace OrleansAgents.Intelligence;

/// <summary>
/// About how many tokens texts and messages are, for limits and windows. No model counts so: four characters of ASCII are
/// a token, and every other character is one. Four more are for each message, and 1,000 for each picture or other data.
/// For English and code it is a little too much, which is the safe side.
/// </summary>
public static class TokenEstimate
{
    private const int PerMessage = 4;
    private const int PerData = 1000;

    /// <summary>The estimate for a text; 0 for an empty one, or for null.</summary>
    public static int Of(ReadOnlySpan<char> text)
    {
        var plain = 0;
        foreach (var c in text)
        {
            plain += c < 128 ? 1 : 4;
        }

        return (plain + 3) / 4;
    }

    /// <summary>The estimate for a message, with its tool calls and their results.</summary>
    public static int Of(ChatMessage message)
    {
        var tokens = PerMessage;
        foreach (var content in message.Contents)
        {
            tokens += content switch
            {
                TextContent text => Of(text.Text),
                TextReasoningContent text => Of(text.Text),
                FunctionCallContent call => Of(call.Name) + Of(Json(call.Arguments)),
                FunctionResultContent result => Of(result.Result as string ?? Json(result.Result)),
                DataContent or UriContent => PerData,
                _ => 0,
            };
        }

        return tokens;
    }

    /// <summary>The estimate for messages and for the tools that a call offers.</summary>
    public static int Of(IEnumerable<ChatMessage> messages, ChatOptions? options = null) =>
        messages.Sum(Of) + Of(options?.Instructions)
        + (options?.Tools?.OfType<AIFunctionDeclaration>().Sum(t => Of(t.Name) + Of(t.Description) + Of(t.JsonSchema.GetRawText())) ?? 0);

    private static string Json(object? value) => value is null ? "" : JsonSerializer.Serialize(value, PayloadJson.Options);
}
