using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OrleansAgents.Messaging;

/// <summary>
/// Finds everything that keeps a payload from being its contract's record. Runs only after reading it has failed.
/// </summary>
internal static class PayloadProblems
{
    public static IReadOnlyList<Problem> Find(Envelope message, Contract? contract)
    {
        if (contract is null || !message.HasJson)
        {
            return [];
        }

        var problems = new List<Problem>();
        try
        {
            using var document = JsonDocument.Parse(message.PayloadJson, new JsonDocumentOptions { MaxDepth = PayloadJson.MaxDepth, AllowDuplicateProperties = false });
            Check(document.RootElement, contract.TypeInfo, "/payload", contract, problems, nullable: false);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            problems.Add(new Problem("/payload", RefusalCodes.InvalidPayload, $"The payload of {contract} is no JSON, or has a member twice."));
        }

        return problems;
    }

    private static void Check(JsonElement json, JsonTypeInfo type, string pointer, Contract contract, List<Problem> problems, bool nullable = true)
    {
        // A payload of nothing but problems would cost more to describe than to send.
        if (problems.Count == Problem.Most)
        {
            return;
        }

        if (type.Kind == JsonTypeInfoKind.Object && json.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in type.Properties)
            {
                var at = $"{pointer}/{FieldReader.Escape(property.Name)}";
                if (json.TryGetProperty(property.Name, out var member))
                {
                    var takesNull = property.PropertyType.IsValueType || (property.AssociatedParameter?.IsNullable ?? property.IsSetNullable);
                    Check(member, PayloadJson.Options.GetTypeInfo(property.PropertyType), at, contract, problems, takesNull);
                }
                else if (property.IsRequired || property.AssociatedParameter is { HasDefaultValue: false })
                {
                    Add(problems, at, $"{contract} requires it.");
                }
            }

            return;
        }

        if (type.Kind == JsonTypeInfoKind.Enumerable && json.ValueKind == JsonValueKind.Array && type.ElementType is { } element)
        {
            var index = 0;
            foreach (var item in json.EnumerateArray())
            {
                Check(item, PayloadJson.Options.GetTypeInfo(element), $"{pointer}/{index++}", contract, problems);
            }

            return;
        }

        try
        {
            _ = json.Deserialize(type);
            if (nullable || json.ValueKind != JsonValueKind.Null)
            {
                return;
            }
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException or ArgumentException or FormatException or OverflowException)
        {
            // Said below, as for a null that the type would take and its place does not.
        }

        Add(problems, pointer, $"{contract} wants {Name(type)} here, and the message has {json.ValueKind.ToString().ToLowerInvariant()}.");
    }

    private static void Add(List<Problem> problems, string pointer, string message)
    {
        if (problems.Count < Problem.Most)
        {
            problems.Add(new Problem(pointer, RefusalCodes.InvalidPayload, message));
        }
    }

    private static string Name(JsonTypeInfo type) => Type.GetTypeCode(Nullable.GetUnderlyingType(type.Type) ?? type.Type) switch
    {
        TypeCode.String or TypeCode.Char => "a text",
        TypeCode.Boolean => "true or false",
        TypeCode.Byte or TypeCode.SByte or TypeCode.Int16 or TypeCode.UInt16 or TypeCode.Int32 or TypeCode.UInt32 or TypeCode.Int64 or TypeCode.UInt64 => $"a whole number ({type.Type.Name})",
        TypeCode.Single or TypeCode.Double or TypeCode.Decimal => "a number",
        TypeCode.DateTime => "a time",
        _ when type.Kind == JsonTypeInfoKind.Enumerable => "an array",
        _ when type.Kind is JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary => "an object",
        _ => $"a {(Nullable.GetUnderlyingType(type.Type) ?? type.Type).Name}",
    };
}
