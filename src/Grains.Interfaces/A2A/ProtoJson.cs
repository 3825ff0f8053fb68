using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using OrleansAgents.Messaging;

namespace OrleansAgents.A2A;

/// <summary>A JSON object that the protocol leaves to its makers; null is none.</summary>
internal sealed class StructJson : JsonConverter<JsonElement?>
{
    public override JsonElement? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.StartObject ? ReadWhole(ref reader, options) : throw new JsonException("An object is wanted here.");

    public override void Write(Utf8JsonWriter writer, JsonElement? value, JsonSerializerOptions options) => value!.Value.WriteTo(writer);

    /// <summary>Any JSON, no member of it twice.</summary>
    public static JsonElement ReadAny(ref Utf8JsonReader reader, JsonSerializerOptions options) =>
        ((JsonConverter<JsonElement>)options.GetConverter(typeof(JsonElement))).Read(ref reader, typeof(JsonElement), options);

    private static JsonElement ReadWhole(ref Utf8JsonReader reader, JsonSerializerOptions options) =>
        ReadAny(ref reader, options) is var json && PayloadJson.HasWholeTexts(JsonMarshal.GetRawUtf8Value(json)) ? json : throw new JsonException("A text has half of a surrogate pair.");
}

/// <summary>A time: RFC 3339 with its offset; written in UTC, with milliseconds.</summary>
internal sealed class TimeJson : JsonConverter<DateTimeOffset>
{
    public const string Format = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    // 2026-01-31T12:00:00Z
    private const int Shortest = 20;

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TryParse(reader.TokenType == JsonTokenType.String ? reader.GetString() : null, out var time)
            ? time
            : throw new JsonException("A time such as 2026-01-31T12:00:00Z is wanted here.");

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(ToText(value));

    public static string ToText(DateTimeOffset time) => time.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    /// <summary>Reads a time that says which offset it is of.</summary>
    public static bool TryParse(string? text, out DateTimeOffset time)
    {
        time = default;
        return text is { Length: >= Shortest } && char.ToUpperInvariant(text[10]) == 'T' && (text[^1] is 'Z' or 'z' || text[^6] is '+' or '-')
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
    }
}

/// <summary>A switch; null is off, as not setting it is.</summary>
internal sealed class SwitchJson : JsonConverter<bool>
{
    public override bool HandleNull => true;

    public override bool Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False or JsonTokenType.Null => false,
        _ => throw new JsonException("True or false is wanted here."),
    };

    public override void Write(Utf8JsonWriter writer, bool value, JsonSerializerOptions options) => writer.WriteBooleanValue(value);
}

/// <summary>Records, none of them null: what another server writes is not to surprise who reads it.</summary>
internal sealed class ListJson<T> : JsonConverter<IReadOnlyList<T>>
    where T : class
{
    public override IReadOnlyList<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("An array is wanted here.");
        }

        var (read, type) = (new List<T>(), TypeOf(options));
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            read.Add(ReadOne(ref reader, type) ?? throw new JsonException("Null cannot stand in this array."));
        }

        return read;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<T> value, JsonSerializerOptions options)
    {
        var type = TypeOf(options);
        writer.WriteStartArray();
        foreach (var one in value)
        {
            JsonSerializer.Serialize(writer, one, type);
        }

        writer.WriteEndArray();
    }

    // What fails in a reading of its own would lose the place in the whole.
    private static T? ReadOne(ref Utf8JsonReader reader, JsonTypeInfo<T> type) =>
        typeof(T) != typeof(string) ? JsonSerializer.Deserialize(ref reader, type)
        : reader.TokenType is JsonTokenType.String or JsonTokenType.Null ? (T?)(object?)reader.GetString()
        : throw new JsonException("Texts are wanted here.");

    private static JsonTypeInfo<T> TypeOf(JsonSerializerOptions options) => (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
}
