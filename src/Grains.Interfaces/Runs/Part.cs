using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using OrleansAgents.Messaging;

namespace OrleansAgents.Runs;

/// <summary>A piece of what is said or made in a run: exactly one of a text, JSON, bytes, or where bytes are to be found.</summary>
public sealed record Part
{
    // What a part is put into, an answer within an artifact within a list, nests, too, and all of it is to be one message.
    internal const int MaxDepth = PayloadJson.MaxDepth - 8;

    /// <summary>A text; null where it is something else.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Text { get; init; }

    /// <summary>Any JSON, its null too; null where it is something else.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonConverter(typeof(DataJson))]
    public JsonElement? Data { get; init; }

    /// <summary>Bytes, in base64; null where it is something else.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Raw { get; init; }

    /// <summary>Where the bytes are; nobody here fetches them. Null where it is something else.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Url { get; init; }

    /// <summary>The name of the file that it is; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? FileName { get; init; }

    /// <summary>The media type; null where nobody said.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? MediaType { get; init; }

    /// <summary>What else its maker says of it, a JSON object; null for nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Metadata { get; init; }

    /// <summary>A text.</summary>
    public static Part Of(string text) => new() { Text = text };

    /// <summary>A record, as JSON.</summary>
    /// <exception cref="JsonException">It cannot be written as JSON.</exception>
    public static Part OfData(object value) => new() { Data = JsonElement.Parse(PayloadJson.Write(value)) };

    /// <summary>Bytes.</summary>
    public static Part OfBytes(ReadOnlySpan<byte> bytes, string? mediaType = null, string? fileName = null) =>
        new() { Raw = Convert.ToBase64String(bytes), MediaType = mediaType, FileName = fileName };

    /// <summary>What is wrong with it; null for nothing.</summary>
    internal string? FindFault()
    {
        var contents = (Text is null ? 0 : 1) + (Data is null ? 0 : 1) + (Raw is null ? 0 : 1) + (Url is null ? 0 : 1);
        return contents != 1 ? "A part has exactly one of 'text', 'data', 'raw' and 'url'."
            : Raw is not null && !System.Buffers.Text.Base64.IsValid(Raw) ? "'raw' is no base64."
            : Metadata is { ValueKind: not JsonValueKind.Object } ? "'metadata' is no JSON object."
            : FindFault(Data) ?? FindFault(Metadata);
    }

    /// <summary>What is wrong with JSON that a part may hold; null for nothing.</summary>
    internal static string? FindFault(JsonElement? json)
    {
        if (json is not { ValueKind: JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.String } held)
        {
            return null;
        }

        var written = JsonMarshal.GetRawUtf8Value(held);
        return !PayloadJson.IsWithin(written, MaxDepth) ? $"'data' and 'metadata' nest {MaxDepth} levels at most."
            : !PayloadJson.HasWholeTexts(written) ? "A text has half of a surrogate pair."
            : null;
    }
}
