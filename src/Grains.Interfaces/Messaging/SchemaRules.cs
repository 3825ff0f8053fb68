using System.Collections;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;

namespace OrleansAgents.Messaging;

/// <summary>What the annotations of a record's members and constructor parameters say, as keywords of JSON Schema.</summary>
internal static class SchemaRules
{
    private const string RequiredRule = "required", NotNullRule = "notNull", Description = "description";

    /// <summary>A type's own sentence; null for none.</summary>
    public static string? Describe(Type type) => type.GetCustomAttribute<DescriptionAttribute>(inherit: false)?.Description;

    /// <summary>The rules of one member; empty for none.</summary>
    /// <exception cref="InvalidOperationException">An annotation is faulty; the message says which and why.</exception>
    public static JsonObject Of(JsonPropertyInfo property)
    {
        var rules = new JsonObject();
        foreach (var provider in (ReadOnlySpan<ICustomAttributeProvider?>)[property.AttributeProvider, property.AssociatedParameter?.AttributeProvider])
        {
            foreach (var annotation in provider?.GetCustomAttributes(inherit: true) ?? [])
            {
                try
                {
                    Read(annotation, property, rules);
                }
                catch (Exception e) when (e is FormatException or OverflowException or ArgumentException or InvalidCastException or NotSupportedException)
                {
                    throw new InvalidOperationException(
                        $"{annotation.GetType().Name} on '{property.Name}' of {property.DeclaringType} cannot be said in a schema: {e.Message}", e);
                }
            }
        }

        return rules;
    }

    /// <summary>
    /// Writes a member's rules into the schema of its type: at the member, or beside it where the member's schema is
    /// referred to from elsewhere. False when there was nothing but a description.
    /// </summary>
    public static bool Apply(JsonObject schema, string name, JsonObject rules, bool inPlace)
    {
        var isInPlace = inPlace && schema["properties"]?[name] is JsonObject at && !at.ContainsKey("$ref");
        var member = isInPlace ? (JsonObject)schema["properties"]![name]! : [];
        var owner = isInPlace ? schema : [];
        var hasRule = false;
        foreach (var (keyword, value) in rules)
        {
            hasRule |= keyword != Description;
            switch (keyword)
            {
                case RequiredRule:
                    Require(owner, name);
                    break;
                case NotNullRule when isInPlace:
                    RemoveNull(member);
                    break;
                case NotNullRule:
                    member["not"] = new JsonObject { ["type"] = "null" };
                    break;
                case Description when !isInPlace:
                    break;
                default:
                    member[keyword] = value!.DeepClone();
                    break;
            }
        }

        if (!isInPlace && hasRule)
        {
            owner["properties"] = new JsonObject { [name] = member };
            List(schema, "allOf").Add(owner);
        }

        return hasRule;
    }

    private static void Read(object annotation, JsonPropertyInfo property, JsonObject rules)
    {
        switch (annotation)
        {
            case RangeAttribute range:
                ReadRange(range, rules);
                break;
            case StringLengthAttribute length:
                SetLength(property, rules, length.MinimumLength, length.MaximumLength);
                break;
            case LengthAttribute length:
                SetLength(property, rules, length.MinimumLength, length.MaximumLength);
                break;
            case MinLengthAttribute min:
                SetLength(property, rules, min.Length, null);
                break;
            case MaxLengthAttribute max:
                SetLength(property, rules, 0, max.Length < 0 ? null : max.Length);
                break;
            case RegularExpressionAttribute regex:
                _ = new Regex(regex.Pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
                rules["pattern"] = $"^(?:{regex.Pattern})$";
                break;
            case RequiredAttribute required:
                rules[RequiredRule] = true;
                rules[NotNullRule] = true;
                if (property.PropertyType == typeof(string) && !required.AllowEmptyStrings && rules["minLength"] is null)
                {
                    rules["minLength"] = 1;
                }

                break;
            case AllowedValuesAttribute allowed:
                rules["enum"] = new JsonArray([.. allowed.Values.Select(v => JsonSerializer.SerializeToNode(v, PayloadJson.Options))]);
                if (!allowed.Values.Contains(null))
                {
                    rules[NotNullRule] = true;
                }

                break;
            case DescriptionAttribute description:
                rules[Description] = description.Description;
                break;
            default:
                break;
        }
    }

    private static void ReadRange(RangeAttribute range, JsonObject rules)
    {
        if (Number(range.Minimum) is { } minimum)
        {
            rules[range.MinimumIsExclusive ? "exclusiveMinimum" : "minimum"] = minimum;
        }

        if (Number(range.Maximum) is { } maximum)
        {
            rules[range.MaximumIsExclusive ? "exclusiveMaximum" : "maximum"] = maximum;
        }
    }

    /// <summary>A bound; null for one that no number passes.</summary>
    private static JsonNode? Number(object bound) => bound switch
    {
        double number when !double.IsFinite(number) || Math.Abs(number) >= (double)decimal.MaxValue => null,
        double number => JsonValue.Create((decimal)number),
        _ => JsonValue.Create(decimal.Parse(Convert.ToString(bound, CultureInfo.InvariantCulture)!, NumberStyles.Float, CultureInfo.InvariantCulture)),
    };

    private static void SetLength(JsonPropertyInfo property, JsonObject rules, int min, int? max)
    {
        var what = property.PropertyType == typeof(string) ? "Length"
            : PayloadJson.Options.GetTypeInfo(property.PropertyType).Kind switch
            {
                JsonTypeInfoKind.Dictionary => "Properties",
                JsonTypeInfoKind.Enumerable => "Items",
                _ when typeof(IEnumerable).IsAssignableFrom(property.PropertyType) => "Items",
                _ => throw new NotSupportedException("it has no length."),
            };
        if (min > 0)
        {
            rules["min" + what] = min;
        }

        if (max is { } most)
        {
            rules["max" + what] = most;
        }
    }

    private static void Require(JsonObject schema, string name)
    {
        var required = List(schema, "required");
        if (!required.Any(r => (string?)r == name))
        {
            required.Add(name);
        }
    }

    private static JsonArray List(JsonObject schema, string keyword)
    {
        if (schema[keyword] is not JsonArray list)
        {
            schema[keyword] = list = [];
        }

        return list;
    }

    private static void RemoveNull(JsonObject schema)
    {
        if (schema["type"] is JsonArray types)
        {
            var left = types.Where(t => (string?)t != "null").Select(t => t!.DeepClone()).ToArray();
            schema["type"] = left.Length == 1 ? left[0] : new JsonArray(left);
        }

        if (schema["enum"] is JsonArray values)
        {
            schema["enum"] = new JsonArray([.. values.Where(v => v is not null).Select(v => v!.DeepClone())]);
        }
    }
}
