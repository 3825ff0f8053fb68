using System.Text.Json;
using Microsoft.Extensions.AI;
using OrleansAgents.Messaging;

namespace OrleansAgents.Intelligence;

/// <summary>A part of a stored message. Which members it has follows from its type; the others are null.</summary>
/// <param name="Type"><c>text</c>, <c>reasoning</c>, <c>call</c>, <c>result</c>, <c>data</c>, <c>uri</c> or <c>usage</c>.</param>
/// <param name="Text">Of a text or reasoning: the text.</param>
/// <param name="CallId">Of a call and its result: what binds them together.</param>
/// <param name="Tool">Of a call: the tool's name.</param>
/// <param name="Arguments">Of a call: its arguments, an object.</param>
/// <param name="Fault">Of a call: why its arguments could not be read; of a result: why there is none. Null where all is well.</param>
/// <param name="Result">Of a result: any JSON.</param>
/// <param name="Media">Of data and of a link: the media type, such as <c>image/png</c>.</param>
/// <param name="Data">Of data: the bytes, in Base64.</param>
/// <param name="Uri">Of a link: the address.</param>
/// <param name="Name">Of data: the file's name; null for none.</param>
/// <param name="Protected">Of reasoning: what only its provider can read; null for none.</param>
/// <param name="Input">Of usage: input tokens.</param>
/// <param name="Output">Of usage: output tokens.</param>
/// <param name="Total">Of usage: tokens in all.</param>
public sealed record StoredPart(
    string Type, string? Text = null, string? CallId = null, string? Tool = null, JsonElement? Arguments = null, string? Fault = null,
    JsonElement? Result = null, string? Media = null, string? Data = null, string? Uri = null, string? Name = null, string? Protected = null,
    long? Input = null, long? Output = null, long? Total = null)
{
    internal static StoredPart Of(AIContent content) => content switch
    {
        // Types that derive from these say more than they do, and would be stored as less.
        _ when content.GetType().BaseType != typeof(AIContent) && content.GetType() != typeof(FunctionCallContent) && content.GetType() != typeof(FunctionResultContent) => throw Unknown(content),
        TextContent text => new("text", Text: text.Text),
        TextReasoningContent reasoning => new("reasoning", Text: reasoning.Text, Protected: reasoning.ProtectedData),
        FunctionCallContent call => new("call", CallId: call.CallId, Tool: call.Name, Arguments: Json(call.Arguments), Fault: call.Exception?.Message),
        FunctionResultContent result => new("result", CallId: result.CallId, Result: Json(result.Result), Fault: result.Exception?.Message),
        DataContent data => new("data", Media: data.MediaType, Data: data.Base64Data.ToString(), Name: data.Name),
        UriContent uri => new("uri", Media: uri.MediaType, Uri: uri.Uri.ToString()),
        UsageContent usage => new("usage", Input: usage.Details.InputTokenCount, Output: usage.Details.OutputTokenCount, Total: usage.Details.TotalTokenCount),
        _ => throw Unknown(content),
    };

    internal AIContent ToContent() => Type switch
    {
        "text" => new TextContent(Text),
        "reasoning" => new TextReasoningContent(Text) { ProtectedData = Protected },
        "call" => new FunctionCallContent(Need(CallId), Need(Tool), ReadArguments()) { Exception = Fault is null ? null : new FormatException(Fault) },
        "result" => new FunctionResultContent(Need(CallId), ReadResult()) { Exception = Fault is null ? null : new InvalidOperationException(Fault) },
        "data" => new DataContent(Convert.FromBase64String(Need(Data)), Need(Media)) { Name = Name },
        "uri" => new UriContent(Need(Uri), Need(Media)),
        "usage" => new UsageContent(new UsageDetails { InputTokenCount = Input, OutputTokenCount = Output, TotalTokenCount = Total }),
        _ => throw new NotSupportedException($"A stored message has a part of the type '{PlainText.Show(Type, PlainText.Quoted)}', which this platform does not know; it was written by a later one."),
    };

    private static NotSupportedException Unknown(AIContent content) =>
        new($"{content.GetType().Name} has no stored form; leave it out of what is kept, or keep what it says as text.");

    private static JsonElement? Json(object? value) => value is null ? null : value as JsonElement? ?? JsonSerializer.SerializeToElement(value, PayloadJson.Options);

    // A text is given as it is: its JSON has quotation marks, which some clients would show the model.
    private object? ReadResult() => Result is { ValueKind: JsonValueKind.String } text ? text.GetString() : Result;

    private Dictionary<string, object?>? ReadArguments() => Arguments is { ValueKind: JsonValueKind.Object } arguments
        ? arguments.EnumerateObject().ToDictionary(m => m.Name, m => (object?)m.Value, StringComparer.Ordinal)
        : null;

    private string Need(string? member, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(member))] string name = "") =>
        member ?? throw new JsonException($"A stored part of the type '{Type}' lacks its member '{JsonNamingPolicy.CamelCase.ConvertName(name)}'.");
}
