using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing.Patterns;

namespace OrleansAgents.Endpoints;

/// <summary>The parts that a description in OpenAPI is made of.</summary>
internal static class OpenApiParts
{
    private const string Schemas = "#/components/schemas/";

    /// <summary>The parameters in a path, in order.</summary>
    public static IEnumerable<string> NamesIn(string pattern) => RoutePatternFactory.Parse(pattern).Parameters.Select(parameter => parameter.Name);

    public static JsonObject Parameter(string name, string place)
    {
        var parameter = new JsonObject { ["name"] = name, ["in"] = place };
        if (place == "path")
        {
            parameter["required"] = true;
        }

        parameter["schema"] = new JsonObject { ["type"] = name is "version" or "limit" ? "integer" : "string" };
        return parameter;
    }

    /// <param name="mediaTypes">What is taken.</param>
    /// <param name="schemas">The names of its schemas, of which one holds; none for any object.</param>
    public static JsonObject Body(IReadOnlyList<string> mediaTypes, IReadOnlyList<string> schemas)
    {
        var content = new JsonObject();
        foreach (var mediaType in mediaTypes)
        {
            content[mediaType] = new JsonObject { ["schema"] = OneOf(schemas) };
        }

        return new JsonObject { ["required"] = true, ["content"] = content };
    }

    public static JsonObject Responses(string mediaType, IReadOnlyList<string> schemas) => new()
    {
        ["200"] = new JsonObject
        {
            ["description"] = "It is done.",
            ["content"] = new JsonObject { [mediaType] = new JsonObject { ["schema"] = OneOf(schemas) } },
        },
        ["default"] = new JsonObject
        {
            ["description"] = "It is refused, or failed.",
            ["content"] = new JsonObject { [HttpProblem.MediaType] = new JsonObject { ["schema"] = Reference("Problem") } },
        },
    };

    public static JsonObject Security() => new()
    {
        ["bearer"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" },
        ["key"] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = "X-Api-Key" },
    };

    /// <summary>Problem details, as <see cref="HttpProblem"/> writes them.</summary>
    public static JsonObject Problem() => new()
    {
        ["type"] = "object",
        ["required"] = new JsonArray("type", "title", "status", "code", "detail"),
        ["properties"] = new JsonObject
        {
            ["type"] = Text("A stable reference for the code."),
            ["title"] = Text("What the status is called."),
            ["status"] = new JsonObject { ["type"] = "integer" },
            ["code"] = Text("Why; one of the platform's codes or an agent's own."),
            ["detail"] = Text("A sentence for people."),
            ["problems"] = new JsonObject
            {
                ["type"] = "array",
                ["items"] = new JsonObject
                {
                    ["type"] = "object",
                    ["properties"] = new JsonObject { ["pointer"] = Text("Where."), ["code"] = Text("What."), ["message"] = Text("A sentence.") },
                },
            },
        },
    };

    /// <summary>A schema at its place in the description: what it says of itself points there.</summary>
    public static JsonObject Move(JsonObject schema, string name)
    {
        var moved = (JsonObject)schema.DeepClone();
        moved.Remove("$schema");
        Point(moved, Schemas + name);
        return moved;
    }

    /// <summary>Has what a schema refers to within itself be found where the schema stands.</summary>
    public static void Point(JsonNode? node, string place)
    {
        if (node is JsonArray items)
        {
            foreach (var item in items)
            {
                Point(item, place);
            }
        }

        foreach (var (name, member) in (node as JsonObject)?.ToArray() ?? [])
        {
            if (name == "$ref" && member is JsonValue value && value.TryGetValue(out string? target) && target.StartsWith('#'))
            {
                node!["$ref"] = place + target[1..];
            }
            else
            {
                Point(member, place);
            }
        }
    }

    private static JsonObject OneOf(IReadOnlyList<string> schemas) => schemas switch
    {
        [] => [],
        [var only] => Reference(only),
        _ => new() { ["oneOf"] = new JsonArray([.. schemas.Select(Reference)]) },
    };

    private static JsonObject Reference(string schema) => new() { ["$ref"] = Schemas + schema };

    private static JsonObject Text(string description) => new() { ["type"] = "string", ["description"] = description };
}
