using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;
using NJsonSchema.Validation;
using NJsonSchema.Validation.FormatValidators;

namespace OrleansAgents.Messaging;

/// <summary>
/// A schema in the words of the validator: definitions where they were in older drafts, values alone as lists of one, and
/// patterns as formats of our own, because the validator gives them no time limit.
/// </summary>
internal static class EnforcedSchema
{
    public static (JsonNode Schema, IReadOnlyList<PatternFormat> Patterns) Of(JsonObject schema)
    {
        var patterns = new List<PatternFormat>();
        return (Translate(schema, patterns), patterns);
    }

    private static JsonNode Translate(JsonNode? node, List<PatternFormat> patterns)
    {
        if (node is not JsonObject members)
        {
            return node is JsonValue value && value.TryGetValue(out bool takesAll) && takesAll ? [] : new JsonObject { ["not"] = new JsonObject() };
        }

        var translated = new JsonObject();
        var all = new List<JsonNode>();
        foreach (var (name, content) in members)
        {
            switch (name)
            {
                case "properties":
                    translated[name] = TranslateNamed(content, patterns);
                    break;
                case "$defs" or "definitions":
                    translated["definitions"] = JoinNamed(translated["definitions"] as JsonObject, TranslateNamed(content, patterns));
                    break;
                case "items" or "not":
                    translated[name] = Translate(content, patterns);
                    break;
                case "additionalProperties":
                    translated[name] = content is JsonObject ? Translate(content, patterns) : content!.DeepClone();
                    break;
                case "anyOf" or "oneOf":
                    translated[name] = TranslateAll(content, patterns);
                    break;
                case "allOf":
                    all.AddRange(TranslateAll(content, patterns).Select(n => n!.DeepClone()));
                    break;
                case "const":
                    all.Add(new JsonObject { ["enum"] = new JsonArray(content?.DeepClone()) });
                    break;
                case "pattern":
                    var pattern = new PatternFormat(patterns.Count, (string)content!);
                    patterns.Add(pattern);
                    all.Add(new JsonObject { ["format"] = pattern.Format });
                    break;
                case "$ref":
                    translated[name] = ((string)content!).Replace("#/$defs/", "#/definitions/", StringComparison.Ordinal);
                    break;
                case "$schema" or "$id":
                    break;
                default:
                    translated[name] = content?.DeepClone();
                    break;
            }
        }

        return Join(translated, all);
    }

    private static JsonObject Join(JsonObject translated, List<JsonNode> all)
    {
        // What stands beside a reference is passed over by the validator.
        if (translated.Count > 1 && translated["$ref"] is { } reference)
        {
            translated.Remove("$ref");
            all.Add(new JsonObject { ["$ref"] = reference.DeepClone() });
        }

        if (all.Count > 0)
        {
            translated["allOf"] = new JsonArray([.. all]);
        }

        return translated;
    }

    private static JsonObject TranslateNamed(JsonNode? named, List<PatternFormat> patterns) =>
        new(((JsonObject)named!).Select(m => KeyValuePair.Create<string, JsonNode?>(m.Key, Translate(m.Value, patterns))));

    private static JsonArray TranslateAll(JsonNode? branches, List<PatternFormat> patterns) =>
        new([.. ((JsonArray)branches!).Select(b => Translate(b, patterns))]);

    private static JsonObject JoinNamed(JsonObject? one, JsonObject other)
    {
        foreach (var (name, schema) in one?.ToArray() ?? [])
        {
            other[name] = schema?.DeepClone();
        }

        return other;
    }
}

/// <summary>A pattern whose time for a text is bounded: by the length of the text, or where it has to look around or back, by the clock.</summary>
internal sealed class PatternFormat : IFormatValidator
{
    public const string Prefix = "agents-pattern-";

    // A machine that is busy, or compiles, must not make a good text a bad one.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Regex _regex;

    public PatternFormat(int number, string pattern)
    {
        Format = Prefix + number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        _regex = Create(pattern);
    }

    public string Format { get; }

    public ValidationErrorKind ValidationErrorKind => ValidationErrorKind.PatternMismatch;

    public bool IsValid(string value, JTokenType tokenType)
    {
        try
        {
            return _regex.IsMatch(value);
        }
        catch (RegexMatchTimeoutException)
        {
            // What cannot be told in time is not let in.
            return false;
        }
    }

    private static Regex Create(string pattern)
    {
        // In .NET the dollar sign also matches before a last line break; that of a whole text must not.
        var whole = pattern.StartsWith("^(?:", StringComparison.Ordinal) && pattern.EndsWith(")$", StringComparison.Ordinal) ? pattern[..^1] + @"\z" : pattern;
        try
        {
            return new Regex(whole, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, Regex.InfiniteMatchTimeout);
        }
        catch (NotSupportedException)
        {
            // It looks around or back, which takes backtracking and so the time limit.
            return new Regex(whole, RegexOptions.CultureInvariant, Patience);
        }
    }
}
