using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace OrleansAgents.Intelligence;

/// <summary>
/// What stands in where there is no model, so that samples and tests run without a key. It does not think and says so: it
/// repeats what it was told, calls a tool when a line says <c>call TOOL {…}</c>, answers with the least that a schema
/// allows, and gives the same answer to the same messages always.
/// </summary>
internal sealed class OfflineChatClient : IChatClient
{
    /// <summary>The name of its provider, and of the model.</summary>
    public const string Provider = "offline";

    /// <summary>How every text of it begins.</summary>
    public const string Greeting = "This is the offline model, which does not think.";

    private static readonly ChatClientMetadata Metadata = new(Provider, providerUri: null, Provider);

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var asked = messages as IReadOnlyList<ChatMessage> ?? [.. messages];
        var answer = OfflineAnswer.To(asked, options);
        return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, [.. answer.Contents]))
        {
            ModelId = Provider,
            FinishReason = answer.FinishReason,
            Usage = UsageOf(asked, options, answer),
        });
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var asked = messages as IReadOnlyList<ChatMessage> ?? [.. messages];
        var answer = OfflineAnswer.To(asked, options);
        foreach (var content in answer.Contents)
        {
            foreach (var part in content is TextContent text ? Words(text.Text) : [content])
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return Update(part);
                // Others run in between, as they do while a model thinks.
                await Task.Yield();
            }
        }

        var end = Update(new UsageContent(UsageOf(asked, options, answer)));
        end.FinishReason = answer.FinishReason;
        yield return end;
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(ChatClientMetadata) ? Metadata
        : serviceType.IsInstanceOfType(this) ? this
        : null;

    public void Dispose()
    {
        // It holds nothing.
    }

    private static ChatResponseUpdate Update(AIContent content) => new(ChatRole.Assistant, [content]) { ModelId = Provider };

    /// <summary>The words, each with the white space behind it.</summary>
    private static IEnumerable<AIContent> Words(string text)
    {
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf(' ', start);
            end = end < 0 ? text.Length : end + 1;
            yield return new TextContent(text[start..end]);
            start = end;
        }
    }

    private static UsageDetails UsageOf(IReadOnlyList<ChatMessage> asked, ChatOptions? options, OfflineAnswer answer)
    {
        var input = TokenEstimate.Of(asked, options);
        var output = TokenEstimate.Of(new ChatMessage(ChatRole.Assistant, [.. answer.Contents]));
        return new UsageDetails { InputTokenCount = input, OutputTokenCount = output, TotalTokenCount = input + output };
    }
}

/// <summary>What the offline model answers.</summary>
internal sealed record OfflineAnswer(IReadOnlyList<AIContent> Contents, ChatFinishReason FinishReason)
{
    private const string Call = "call ";

    public static OfflineAnswer To(IReadOnlyList<ChatMessage> messages, ChatOptions? options)
    {
        if (messages.Count > 0 && messages[^1].Role == ChatRole.Tool)
        {
            var results = messages.Reverse().TakeWhile(m => m.Role == ChatRole.Tool).Reverse().SelectMany(m => m.Contents).OfType<FunctionResultContent>();
            return Finish(options, $"The tools answered: {string.Join(" ", results.Select(Show))}");
        }

        var said = messages.LastOrDefault(m => m.Role == ChatRole.User)?.Text ?? "";
        var tools = options?.Tools?.OfType<AIFunctionDeclaration>().ToList() ?? [];
        var calls = options?.ToolMode is NoneChatToolMode ? [] : FindCalls(said, tools, CallsBefore(messages));
        if (calls.Count == 0 && options?.ToolMode is RequiredChatToolMode required
            && tools.Find(t => required.RequiredFunctionName is not { } name || t.Name == name) is { } first)
        {
            calls.Add(CallOf(first, Least(first), CallsBefore(messages)));
        }

        return calls.Count > 0 ? new OfflineAnswer(calls, ChatFinishReason.ToolCalls) : Finish(options, said.Length == 0 ? "You said nothing." : $"You said: {said}");
    }

    private static OfflineAnswer Finish(ChatOptions? options, string text) => options?.ResponseFormat switch
    {
        ChatResponseFormatJson { Schema: { } schema } => Of(MinimalInstance.Of(schema)?.ToJsonString() ?? "null"),
        ChatResponseFormatJson => Of("{}"),
        _ => Of($"{OfflineChatClient.Greeting} {text}"),
    };

    private static OfflineAnswer Of(string text) => new([new TextContent(text)], ChatFinishReason.Stop);

    /// <summary>Each line that is <c>call TOOL</c>, or <c>call TOOL {…}</c>, of a tool that is there.</summary>
    private static List<AIContent> FindCalls(string said, List<AIFunctionDeclaration> tools, int before)
    {
        var calls = new List<AIContent>();
        foreach (var line in said.Split('\n', StringSplitOptions.TrimEntries).Where(l => l.StartsWith(Call, StringComparison.Ordinal)))
        {
            var (name, arguments) = Split(line[Call.Length..].Trim());
            if (tools.Find(t => t.Name == name) is { } tool && (arguments.Length == 0 ? Least(tool) : Parse(arguments)) is { } payload)
            {
                calls.Add(CallOf(tool, payload, before + calls.Count));
            }
        }

        return calls;
    }

    private static (string Name, string Arguments) Split(string call) =>
        call.IndexOf(' ', StringComparison.Ordinal) is var space && space < 0 ? (call, "") : (call[..space], call[space..].Trim());

    private static Dictionary<string, object?>? Parse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(json)?.ToDictionary(m => m.Key, m => (object?)m.Value, StringComparer.Ordinal);
        }
        catch (JsonException)
        {
            // No call, then, but a line like any other.
            return null;
        }
    }

    private static Dictionary<string, object?> Least(AIFunctionDeclaration tool) => Parse(MinimalInstance.Of(tool.JsonSchema)?.ToJsonString() ?? "{}") ?? [];

    // Counted on, so that an id names one call of a conversation.
    private static int CallsBefore(IEnumerable<ChatMessage> messages) => messages.Sum(m => m.Contents.OfType<FunctionCallContent>().Count());

    private static FunctionCallContent CallOf(AIFunctionDeclaration tool, Dictionary<string, object?> arguments, int before) =>
        new($"offline-{before + 1}", tool.Name, arguments);

    private static string Show(FunctionResultContent result) => result.Result as string ?? JsonSerializer.Serialize(result.Result, Messaging.PayloadJson.Options);
}
