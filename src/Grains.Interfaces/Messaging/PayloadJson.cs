using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace OrleansAgents.Messaging;

/// <summary>
/// How records become JSON: camel-case members in ordinal order, enums as text, no member twice, constructor parameters
/// without a default required, nothing null that the record does not allow to be null.
/// </summary>
public static class PayloadJson
{
    /// <summary>The deepest nesting a message may have.</summary>
    public const int MaxDepth = 64;

    /// <summary>The options that every contract is written and read with. They are read-only.</summary>
    public static JsonSerializerOptions Options { get; } = Create();

    internal static byte[] Write(object value) =>
        JsonSerializer.SerializeToUtf8Bytes(value, Options.GetTypeInfo(value.GetType()));

    /// <summary>Whether JSON nests no deeper than so many levels.</summary>
    internal static bool IsWithin(ReadOnlySpan<byte> json, int depth)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && reader.CurrentDepth >= depth)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether no text of JSON has half of a surrogate pair, which is read like any other character and cannot be written again.</summary>
    /// <param name="json">JSON, however deep.</param>
    internal static bool HasWholeTexts(ReadOnlySpan<byte> json)
    {
        if (json.IndexOf("\\u"u8) < 0)
        {
            return true;
        }

        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
        try
        {
            while (reader.Read())
            {
                _ = reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped ? reader.GetString() : null;
            }

            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static JsonSerializerOptions Create()
    {
        // Said outright, because programs published ahead of time turn the reflection default off.
        var resolver = new DefaultJsonTypeInfoResolver { Modifiers = { OrderMembers } };
        var options = new JsonSerializerOptions
        {
            TypeInfoResolver = resolver,
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            AllowDuplicateProperties = false,
            MaxDepth = MaxDepth,
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        };
        options.MakeReadOnly();
        return options;
    }

    private static void OrderMembers(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object || type.PolymorphismOptions is not null)
        {
            return;
        }

        var order = 0;
        foreach (var property in type.Properties.OrderBy(p => p.Name, StringComparer.Ordinal).ToArray())
        {
            property.Order = order++;
        }
    }
}
