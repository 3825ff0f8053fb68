using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OrleansAgents.Messaging;

/// <summary>
/// Whether what <see cref="PayloadJson"/> writes of a type is in canonical form (RFC 8785) as it is, but for escapes in its
/// texts: records and lists of texts, whole numbers up to 32 bits, truth values, enums, ids and times. Whoever signs such a
/// record need not look its JSON over.
/// </summary>
internal static class PlainShape
{
    private static readonly HashSet<Type> Plain =
    [
        typeof(string), typeof(bool), typeof(byte), typeof(sbyte), typeof(short), typeof(ushort), typeof(int), typeof(uint), typeof(Guid),
        typeof(DateTime), typeof(DateTimeOffset),
    ];

    public static bool IsPlain(JsonTypeInfo type) => IsPlain(type.Type, []);

    private static bool IsPlain(Type type, HashSet<Type> above)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (Plain.Contains(type) || type.IsEnum)
        {
            return true;
        }

        // One that holds itself is judged by its other members.
        if (!above.Add(type))
        {
            return true;
        }

        var info = PayloadJson.Options.GetTypeInfo(type);
        return info.PolymorphismOptions is null && info.Kind switch
        {
            JsonTypeInfoKind.Enumerable => info.ElementType is { } element && element != typeof(object) && IsPlain(element, above),
            JsonTypeInfoKind.Object => IsOurs(info) && info.Properties.All(p => p.CustomConverter is null && !p.IsExtensionData && IsName(p.Name) && IsPlain(p.PropertyType, above)),
            _ => false,
        };
    }

    // What has a converter of its own writes what that likes.
    private static bool IsOurs(JsonTypeInfo type) => type.Type != typeof(object) && type.Type != typeof(JsonElement) && type.Converter.GetType().Assembly == typeof(JsonSerializer).Assembly;

    private static bool IsName(string name) => name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');
}
