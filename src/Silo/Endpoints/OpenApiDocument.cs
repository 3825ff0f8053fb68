using System.Text.Json.Nodes;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Endpoints;

/// <summary>
/// Describes the interface as OpenAPI 3.1, whose schemas are JSON Schema as those of the contracts are: each contract that
/// is hosted is an operation of its own, with its payload and its reply.
/// </summary>
internal sealed class OpenApiDocument(AgentKinds kinds)
{
    /// <param name="server">What stands before the paths.</param>
    /// <param name="routes">What there is.</param>
    /// <param name="withContracts">Whether the contracts of the hosted kinds are told.</param>
    public JsonObject Create(string server, IReadOnlyList<AgentRoute> routes, bool withContracts)
    {
        var (paths, schemas) = (new JsonObject(), new JsonObject { ["Problem"] = OpenApiParts.Problem() });
        foreach (var route in routes)
        {
            var path = paths[route.Pattern] as JsonObject ?? [];
            path[route.Method.ToLowerInvariant()] = Describe(route);
            paths[route.Pattern] = path;
        }

        foreach (var kind in withContracts ? kinds.List() : [])
        {
            // What only an agent itself sends is nothing to ask it.
            var sent = kinds.FindSchemas(kind.Kind).Where(entry => !kind.Contracts.Any(c => c.Own && c.Type == entry.Type && c.Version == entry.Version));
            foreach (var versions in sent.GroupBy(contract => contract.Type, StringComparer.Ordinal))
            {
                Add(paths, schemas, kind.Kind, [.. versions]);
            }
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.1",
            ["info"] = new JsonObject { ["title"] = "OrleansAgents", ["version"] = "1" },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = server.Length == 0 ? "/" : server }),
            ["security"] = new JsonArray(new JsonObject { ["bearer"] = new JsonArray() }, new JsonObject { ["key"] = new JsonArray() }),
            ["paths"] = paths,
            ["components"] = new JsonObject { ["securitySchemes"] = OpenApiParts.Security(), ["schemas"] = schemas },
        };
    }

    private static JsonObject Describe(AgentRoute route)
    {
        var parameters = new JsonArray();
        foreach (var name in OpenApiParts.NamesIn(route.Pattern))
        {
            parameters.Add(OpenApiParts.Parameter(name, "path"));
        }

        foreach (var name in route.Query)
        {
            parameters.Add(OpenApiParts.Parameter(name, "query"));
        }

        var operation = new JsonObject { ["tags"] = new JsonArray("interface"), ["summary"] = route.Summary, ["parameters"] = parameters };
        if (route.Takes.Count > 0)
        {
            operation["requestBody"] = OpenApiParts.Body(route.Takes, []);
        }

        operation["responses"] = OpenApiParts.Responses(route.Gives, []);
        return operation;
    }

    /// <summary>One contract of a kind in all its versions, to be asked where it has a reply and told where it has none.</summary>
    private static void Add(JsonObject paths, JsonObject schemas, string kind, ContractEntry[] versions)
    {
        var replies = new List<string>();
        var payloads = new List<string>();
        foreach (var contract in versions)
        {
            var name = $"{kind}.{contract.Type}.v{contract.Version}";
            payloads.Add(name);
            schemas[name] = OpenApiParts.Move(contract.Payload, name);
            if (contract.Reply is { } reply)
            {
                replies.Add(name + ".reply");
                schemas[name + ".reply"] = OpenApiParts.Move(reply, name + ".reply");
            }
        }

        paths[$"/agents/{kind}/{{key}}/{(replies.Count > 0 ? "ask" : "tell")}/{versions[0].Type}"] = new JsonObject
        {
            ["post"] = new JsonObject
            {
                ["tags"] = new JsonArray(kind),
                ["summary"] = string.Join(", ", versions.Select(contract => contract.Name)),
                ["parameters"] = new JsonArray(
                    OpenApiParts.Parameter("key", "path"), OpenApiParts.Parameter("version", "query"), OpenApiParts.Parameter(HttpMessage.IdHeader, "header"),
                    OpenApiParts.Parameter(HttpMessage.ConversationHeader, "header"), OpenApiParts.Parameter(HttpMessage.TimeoutHeader, "header")),
                ["requestBody"] = OpenApiParts.Body(["application/json"], payloads),
                ["responses"] = OpenApiParts.Responses("application/json", replies),
            },
        };
    }
}
