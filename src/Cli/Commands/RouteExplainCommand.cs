using System.CommandLine;
using System.Text.Json;
using OrleansAgents.Messaging;
using OrleansAgents.Output;
using OrleansAgents.Routing;

namespace OrleansAgents.Commands;

internal static class RouteExplainCommand
{
    public static Command Create(GlobalOptions global)
    {
        var router = RoutesCommand.RouterArgument();
        var type = new Argument<string>("TYPE") { Description = "The contract's name." };
        var payload = new Argument<string>("PAYLOAD") { Description = "The payload, a JSON object.", DefaultValueFactory = _ => "{}" };
        var version = new Option<int>("--version-of-contract") { Description = "The contract's version.", DefaultValueFactory = _ => 1 };
        version.Validators.Add(Positive.Check);
        var from = new Option<string?>("--from") { Description = "Who would send it; the command's own address unless told." };
        var headers = new Option<string[]>("--header") { Description = "A header, NAME=VALUE; may stand several times.", DefaultValueFactory = _ => [] };
        headers.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(t => t.Value.IndexOf('=', StringComparison.Ordinal) < 1))
            {
                result.AddError($"'{token.Value}' is no header; write NAME=VALUE.");
            }
        });
        var command = new Command("explain", "Shows which rule would take a message and who would get it, and sends nothing.") { router, type, payload, version, from, headers };
        command.SetAction((parse, cancellationToken) => RoutesCommand.RunAsync(parse, global, router, cancellationToken, async (session, agent, cancel) =>
            RouteText.Write(session.Output, await agent.AskAsync(
                new RouterExplain(parse.GetValue(type)!, Parse(parse.GetValue(payload)!), parse.GetValue(version), parse.GetValue(from), Split(parse.GetValue(headers)!)),
                cancellationToken: cancel))));
        return command;
    }

    private static JsonElement Parse(string payload)
    {
        try
        {
            return JsonElement.Parse(payload) is { ValueKind: JsonValueKind.Object } parsed ? parsed : throw new UsageException("PAYLOAD must be a JSON object.");
        }
        catch (JsonException)
        {
            throw new UsageException("PAYLOAD must be a JSON object.");
        }
    }

    private static Dictionary<string, string>? Split(string[] headers)
    {
        var split = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var header in headers)
        {
            var at = header.IndexOf('=', StringComparison.Ordinal);
            split[header[..at]] = header[(at + 1)..];
        }

        return split.Count > 0 ? split : null;
    }
}
