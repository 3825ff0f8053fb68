using System.Globalization;
using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Directory;
using OrleansAgents.Messaging;

namespace OrleansAgents.Endpoints;

/// <summary>Which kinds of agents there are, what they understand, and which agents can do what.</summary>
internal sealed class DirectoryEndpoints(IAgentClient agents, AgentKinds kinds, HttpDoor door)
{
    public Task ListAsync(HttpContext context) => door.RunAsync(context, (_, stop) => HttpJson.WriteAsync(context, json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("kinds");
        foreach (var kind in kinds.List())
        {
            WriteKind(json, kind);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }, stop));

    /// <summary>One kind, with the schemas of its contracts.</summary>
    public Task ShowAsync(HttpContext context) => door.RunAsync(context, (_, stop) =>
    {
        var name = RawPath.Read(context, "kind", behind: 0);
        if (kinds.FindFault(name) is { } fault)
        {
            throw new AgentRefusedException(fault);
        }

        var kind = kinds.List().First(k => k.Kind == name);
        return HttpJson.WriteAsync(context, json => WriteKind(json, kind, kinds.FindSchemas(name)), stop);
    });

    public Task FindAsync(HttpContext context) => door.RunAsync(context, async (caller, stop) =>
    {
        var query = context.Request.Query;
        if (query["capability"] is not [{ } capability])
        {
            throw new AgentRefusedException(HttpCodes.BadParameter, "The parameter 'capability' is given once, such as ?capability=count.");
        }

        string[] tags = [.. query["tag"].OfType<string>()];
        var search = new DirectoryFind(capability, tags.Length == 0 ? null : tags, One(query, "kind"), ReadLimit(query, 100), One(query, "after"));
        if (search.FindFault() is { } fault)
        {
            throw new AgentRefusedException(HttpCodes.BadParameter, fault.Replace("member", "parameter", StringComparison.Ordinal));
        }

        AgentId? after = search.After is { } text ? AgentId.Parse(text) : (AgentId?)null;
        var found = await agents.As(caller.Sender).FindAsync(search.Capability, search.Tags, search.Kind, search.Limit, after, cancellationToken: stop);
        await HttpJson.WriteAsync(context, JsonSerializer.SerializeToUtf8Bytes(found, PayloadJson.Options), stop);
    });

    /// <summary>A parameter that may be given once; null where it is not.</summary>
    /// <exception cref="AgentRefusedException">It is given more often.</exception>
    public static string? One(IQueryCollection query, string name) => query[name] switch
    {
        [] => (string?)null,
        [var text] => text,
        _ => throw new AgentRefusedException(HttpCodes.BadParameter, $"The parameter '{name}' is given once."),
    };

    /// <summary>The parameter <c>limit</c>, or what it is unless told.</summary>
    /// <exception cref="AgentRefusedException">It is no number.</exception>
    public static int ReadLimit(IQueryCollection query, int usual) => One(query, "limit") is not { } text ? usual
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit
        : throw new AgentRefusedException(HttpCodes.BadParameter, "The parameter 'limit' is a whole number.");

    private static void WriteKind(Utf8JsonWriter json, KindDescription kind, IReadOnlyList<ContractEntry>? schemas = null)
    {
        json.WriteStartObject();
        json.WriteString("kind", kind.Kind);
        json.WriteBoolean("durable", kind.Durable);
        json.WriteBoolean("anyContract", kind.AnyContract);
        json.WriteBoolean("public", kind.Public);
        json.WriteString("description", kind.Description);
        WriteNames(json, "capabilities", kind.Capabilities);
        WriteNames(json, "tags", kind.Tags);
        json.WriteStartArray("contracts");
        foreach (var contract in kind.Contracts)
        {
            json.WriteStartObject();
            json.WriteString("type", contract.Type);
            json.WriteNumber("version", contract.Version);
            json.WriteBoolean("query", contract.Query);
            json.WriteBoolean("own", contract.Own);
            if (contract.UpcastTo is { } newer)
            {
                json.WriteNumber("upcastTo", newer);
            }

            WriteSchemas(json, schemas?.FirstOrDefault(s => s.Type == contract.Type && s.Version == contract.Version));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteSchemas(Utf8JsonWriter json, ContractEntry? entry)
    {
        if (entry is not null)
        {
            json.WritePropertyName("payload");
            entry.Payload.WriteTo(json);
            json.WritePropertyName("reply");
            if (entry.Reply is { } reply)
            {
                reply.WriteTo(json);
            }
            else
            {
                json.WriteNullValue();
            }
        }
    }

    private static void WriteNames(Utf8JsonWriter json, string member, IReadOnlyList<string> names)
    {
        json.WriteStartArray(member);
        foreach (var name in names)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
    }
}
