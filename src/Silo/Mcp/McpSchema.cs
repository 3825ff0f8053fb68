using System.Text.Json;
using System.Text.Json.Nodes;
using OrleansAgents.Agents;
using OrleansAgents.Endpoints;
using OrleansAgents.Messaging;

namespace OrleansAgents.Mcp;

/// <summary>
/// The schemas of tools. Clients demand an object of each, and some cannot read a schema that names its dialect, so ours
/// do not: without it they are of the one that contracts have.
/// </summary>
internal static class McpSchema
{
    private const string Agent = "agent", Result = "result";

    // What can stand beside the members of an object without saying more about them as a whole.
    private static readonly string[] Simple = ["$schema", "$comment", "$defs", "title", "description", "type", "properties", "required", "additionalProperties", "examples", "deprecated"];

    /// <summary>The arguments of a tool.</summary>
    /// <param name="kind">Whom it is for.</param>
    /// <param name="payload">The schema of the contract's payload.</param>
    /// <param name="needsAgent">Whether the agent must be named.</param>
    public static McpInput Input(string kind, JsonObject payload, bool needsAgent)
    {
        var schema = (JsonObject)payload.DeepClone();
        schema.Remove("$schema");
        string? nested = null;
        if (!IsSimple(schema))
        {
            nested = "payload";
            OpenApiParts.Point(schema, $"#/properties/{nested}");
            schema = new JsonObject { ["type"] = "object", ["properties"] = new JsonObject { [nested] = schema }, ["required"] = new JsonArray(nested) };
        }

        var properties = schema["properties"] as JsonObject ?? [];
        var name = FindName(properties);
        properties[name] = DescribeAgent(kind, needsAgent);
        schema["properties"] = properties;
        if (needsAgent)
        {
            var required = schema["required"] as JsonArray ?? [];
            required.Add(name);
            schema["required"] = required;
        }

        return new McpInput(name, nested, needsAgent, ToElement(schema));
    }

    /// <summary>The answer of a tool that is asked.</summary>
    public static McpOutput Output(JsonObject? reply)
    {
        if (reply is null)
        {
            return new McpOutput(McpOutputForm.Nothing, Schema: null);
        }

        if (IsObject(reply))
        {
            var schema = (JsonObject)reply.DeepClone();
            schema.Remove("$schema");
            return new McpOutput(McpOutputForm.Reply, ToElement(schema));
        }

        return new McpOutput(McpOutputForm.Wrapped, ToElement(Describe(new JsonObject { [Result] = Place(reply, Result) }, Result)));
    }

    /// <summary>What comes of a run.</summary>
    public static McpOutput RunOutput(JsonObject? reply)
    {
        JsonObject Parts() => new() { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "object" } };
        var properties = new JsonObject
        {
            [McpRunNames.Run] = Text("The run's id."),
            [McpRunNames.State] = Text("Where it stands: completed, working, inputRequired or authRequired."),
            [McpRunNames.Message] = Parts(),
            [McpRunNames.Artifacts] = Parts(),
        };
        if (reply is not null)
        {
            properties[McpRunNames.Reply] = Place(reply, McpRunNames.Reply);
        }

        return new McpOutput(McpOutputForm.Run, ToElement(Describe(properties, McpRunNames.Run, McpRunNames.State, McpRunNames.Artifacts)));
    }

    /// <summary>An object of texts, all of which are demanded.</summary>
    public static JsonElement Texts(params ReadOnlySpan<(string Name, string Description)> members)
    {
        var (properties, required) = (new JsonObject(), new JsonArray());
        foreach (var (name, description) in members)
        {
            properties[name] = Text(description);
            required.Add(name);
        }

        return ToElement(new JsonObject { ["type"] = "object", ["properties"] = properties, ["required"] = required });
    }

    private static bool IsSimple(JsonObject schema) =>
        IsObject(schema) && schema.All(member => Simple.Contains(member.Key, StringComparer.Ordinal)) && !RefersToRoot(schema);

    private static bool IsObject(JsonObject schema) => schema["type"] is JsonValue type && type.TryGetValue(out string? name) && name == "object";

    /// <summary>Whether a part of it is all of it, which it would not be any more with an argument of ours.</summary>
    private static bool RefersToRoot(JsonNode? node) => node switch
    {
        JsonObject members => members.Any(member => (member.Key == "$ref" && member.Value is JsonValue value && value.TryGetValue(out string? target) && target == "#") || RefersToRoot(member.Value)),
        JsonArray items => items.Any(RefersToRoot),
        _ => false,
    };

    private static string FindName(JsonObject taken)
    {
        var name = Agent;
        for (var number = 1; taken.ContainsKey(name); number++)
        {
            name = number == 1 ? Agent + "Key" : $"{Agent}Key{number}";
        }

        return name;
    }

    private static JsonObject DescribeAgent(string kind, bool needsAgent)
    {
        var described = Text($"Which agent of the kind '{kind}': its key. " + (needsAgent
            ? "Agents are there as soon as they are named, so any key will do for a new one."
            : "Leave it out for the one that is your own."));
        (described["minLength"], described["maxLength"]) = (1, AgentId.MaxKeyLength);
        return described;
    }

    private static JsonObject Place(JsonObject schema, string name)
    {
        var placed = (JsonObject)schema.DeepClone();
        placed.Remove("$schema");
        OpenApiParts.Point(placed, $"#/properties/{name}");
        return placed;
    }

    private static JsonObject Describe(JsonObject properties, params string[] required) =>
        new() { ["type"] = "object", ["properties"] = properties, ["required"] = new JsonArray([.. required.Select(name => JsonValue.Create(name))]) };

    private static JsonObject Text(string description) => new() { ["type"] = "string", ["description"] = description };

    private static JsonElement ToElement(JsonObject schema) => JsonSerializer.SerializeToElement(schema, PayloadJson.Options);
}
