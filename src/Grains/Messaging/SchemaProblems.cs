using System.Globalization;
using Newtonsoft.Json.Linq;
using NJsonSchema;
using NJsonSchema.Validation;

namespace OrleansAgents.Messaging;

/// <summary>What the validator found, as problems: where, which rule, and what would keep it. Never the value.</summary>
internal static class SchemaProblems
{
    public static IEnumerable<Problem> Of(IEnumerable<ValidationError> errors, Contract contract) =>
        errors.SelectMany(Flatten).Select(e => Describe(e, contract)).Distinct().Take(Problem.Most);

    /// <summary>What went wrong inside, where the outer error says only that something did.</summary>
    private static IEnumerable<ValidationError> Flatten(ValidationError error)
    {
        var inner = error switch
        {
            // In each branch of a choice something else is wrong, and the way out is any of them.
            ChildSchemaValidationError { Kind: ValidationErrorKind.NotAllOf or ValidationErrorKind.ArrayItemNotValid or ValidationErrorKind.AdditionalPropertiesNotValid } child =>
                child.Errors.Values.SelectMany(e => e),
            MultiTypeValidationError multiple => multiple.Errors.Values.Where(e => !e.Any(IsOtherType)).SelectMany(e => e),
            _ => [],
        };
        var found = inner.SelectMany(Flatten).ToArray();
        return found.Length > 0 ? found : [error];
    }

    private static bool IsOtherType(ValidationError error) => error.Kind is
        ValidationErrorKind.StringExpected or ValidationErrorKind.NumberExpected or ValidationErrorKind.IntegerExpected or ValidationErrorKind.BooleanExpected
        or ValidationErrorKind.ObjectExpected or ValidationErrorKind.ArrayExpected or ValidationErrorKind.NullExpected;

    private static Problem Describe(ValidationError error, Contract contract)
    {
        var (rule, remedy) = Explain(error);
        var pointer = "/payload" + PointerTo(error.Token, contract);
        if (error.Kind == ValidationErrorKind.PropertyRequired || (error.Kind == ValidationErrorKind.NoAdditionalPropertiesAllowed && error.Token is JObject))
        {
            var name = error.Property ?? "";
            pointer += "/" + ContractNames.Step(contract, name, PlaceOf((error.Token as JObject)?.Property(name, StringComparison.Ordinal)));
        }

        return new Problem(pointer, RefusalCodes.InvalidPayload, $"{contract} {remedy} (rule '{rule}').");
    }

    private static (string Rule, string Remedy) Explain(ValidationError error)
    {
        var schema = error.Schema;
        return error.Kind switch
        {
            ValidationErrorKind.PropertyRequired => ("required", "requires it"),
            ValidationErrorKind.NumberTooSmall when (schema.ExclusiveMinimum ?? (schema.IsExclusiveMinimum ? schema.Minimum : null)) is { } bound =>
                ("exclusiveMinimum", $"wants a number above {Text(bound)} here"),
            ValidationErrorKind.NumberTooSmall => ("minimum", $"wants a number of {Text(schema.Minimum)} or more here"),
            ValidationErrorKind.NumberTooBig when (schema.ExclusiveMaximum ?? (schema.IsExclusiveMaximum ? schema.Maximum : null)) is { } bound =>
                ("exclusiveMaximum", $"wants a number below {Text(bound)} here"),
            ValidationErrorKind.NumberTooBig => ("maximum", $"wants a number of {Text(schema.Maximum)} or less here"),
            ValidationErrorKind.NumberNotMultipleOf or ValidationErrorKind.IntegerNotMultipleOf => ("multipleOf", $"wants a multiple of {Text(schema.MultipleOf)} here"),
            ValidationErrorKind.StringTooShort => ("minLength", $"wants a text of {schema.MinLength} characters or more here"),
            ValidationErrorKind.StringTooLong => ("maxLength", $"wants a text of {schema.MaxLength} characters or less here"),
            ValidationErrorKind.PatternMismatch => ("pattern", "wants a text of the form that its schema gives here; `agents describe --schema` shows it"),
            ValidationErrorKind.NotInEnumeration => ("enum", $"wants one of these here: {string.Join(", ", schema.Enumeration.Select(v => v?.ToString() ?? "null"))}"),
            ValidationErrorKind.TooFewItems => ("minItems", $"wants {schema.MinItems} items or more here"),
            ValidationErrorKind.TooManyItems => ("maxItems", $"wants {schema.MaxItems} items or less here"),
            ValidationErrorKind.ItemsNotUnique => ("uniqueItems", "wants no two equal items here"),
            ValidationErrorKind.TooFewProperties => ("minProperties", $"wants {schema.MinProperties} members or more here"),
            ValidationErrorKind.TooManyProperties => ("maxProperties", $"wants {schema.MaxProperties} members or less here"),
            ValidationErrorKind.NoAdditionalPropertiesAllowed => ("additionalProperties", "knows no such member; leave it out"),
            ValidationErrorKind.ExcludedSchemaValidates when schema.Not is { Type: JsonObjectType.Null } => ("required", "wants a value here and not null"),
            ValidationErrorKind.ExcludedSchemaValidates => ("not", "excludes what is here; its schema says what"),
            ValidationErrorKind.NotAnyOf => ("anyOf", "takes any of several forms here, and this is none of them; `agents describe --schema` shows them"),
            ValidationErrorKind.NotOneOf => ("oneOf", "takes exactly one of several forms here; `agents describe --schema` shows them"),
            _ when IsOtherType(error) => ("type", $"wants a value of the type {schema.Type.ToString().ToLowerInvariant()} here"),
            _ => (schema.Format is { Length: > 0 } format ? $"format {format}" : error.Kind.ToString(), "wants a value of the form that its schema gives here"),
        };
    }

    private static string Text(decimal? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";

    private static int PlaceOf(JProperty? member) => member is null ? 0 : member.BeforeSelf().Count() + 1;

    private static string PointerTo(JToken? token, Contract contract)
    {
        var pointer = token is JProperty self ? "/" + ContractNames.Step(contract, self.Name, PlaceOf(self)) : "";
        for (var at = token; at?.Parent is { } parent; at = parent)
        {
            pointer = parent switch
            {
                JProperty property => $"/{ContractNames.Step(contract, property.Name, PlaceOf(property))}{pointer}",
                JArray array => $"/{array.IndexOf(at)}{pointer}",
                _ => pointer,
            };
        }

        return pointer;
    }
}
