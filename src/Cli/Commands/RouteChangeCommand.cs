using System.CommandLine;
using System.Text.Json;
using OrleansAgents.Messaging;
using OrleansAgents.Output;
using OrleansAgents.Routing;

namespace OrleansAgents.Commands;

/// <summary>Puts rules into a router, or takes them away; all of them or none.</summary>
internal static class RouteChangeCommand
{
    public static Command CreatePut(GlobalOptions global)
    {
        var router = RoutesCommand.RouterArgument();
        var file = new Argument<string>("FILE") { Description = "The rules: one JSON object a line, or one array; - for standard input." };
        var expected = ExpectedOption();
        var command = new Command("put", "Adds rules to a router, or puts them in the place of those with their names, all at once.") { router, file, expected };
        command.SetAction((parse, cancellationToken) => RoutesCommand.RunAsync(parse, global, router, cancellationToken, async (session, agent, cancel) =>
        {
            var routes = Read(await ReadTextAsync(parse.GetValue(file)!, cancel));
            RouteText.Write(session.Output, await agent.AskAsync(new RouterChange(Put: routes, Expected: parse.GetValue(expected)), cancellationToken: cancel));
        }));
        return command;
    }

    public static Command CreateRemove(GlobalOptions global)
    {
        var router = RoutesCommand.RouterArgument();
        var names = new Argument<string[]>("RULE") { Description = "The rules' names.", Arity = ArgumentArity.OneOrMore };
        var expected = ExpectedOption();
        var command = new Command("remove", "Takes rules away from a router; names that it does not have are passed over.") { router, names, expected };
        command.SetAction((parse, cancellationToken) => RoutesCommand.RunAsync(parse, global, router, cancellationToken, async (session, agent, cancel) =>
            RouteText.Write(session.Output, await agent.AskAsync(new RouterChange(Remove: parse.GetValue(names)!, Expected: parse.GetValue(expected)), cancellationToken: cancel))));
        return command;
    }

    /// <summary>Rules as a file has them.</summary>
    /// <exception cref="UsageException">The text holds something else.</exception>
    internal static IReadOnlyList<Route> Read(string text)
    {
        var routes = new List<Route>();
        try
        {
            if (text.AsSpan().TrimStart().StartsWith("["))
            {
                routes.AddRange(JsonSerializer.Deserialize<Route[]>(text, PayloadJson.Options) ?? []);
            }
            else
            {
                foreach (var line in text.Split('\n').Where(line => !string.IsNullOrWhiteSpace(line)))
                {
                    routes.Add(JsonSerializer.Deserialize<Route>(line, PayloadJson.Options) ?? throw new JsonException("null is no rule."));
                }
            }
        }
        catch (JsonException e)
        {
            throw new UsageException($"Rule {routes.Count + 1} cannot be read{(e.Path is { Length: > 1 } path ? $" at {path}" : "")}: write an object with 'name' and 'to', and 'when', 'send', 'pick', 'by', 'enough', 'order' or 'exact' besides.");
        }

        return routes.Count > 0 ? routes : throw new UsageException("There are no rules in the file.");
    }

    private static Option<long?> ExpectedOption() => new("--expected") { Description = "The version that the rules must have, as list shows it; they may have any unless told." };

    private static async Task<string> ReadTextAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            return file == "-" ? await Console.In.ReadToEndAsync(cancellationToken) : await File.ReadAllTextAsync(file, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The file '{PlainText.Show(file)}' cannot be read: {e.Message}");
        }
    }
}
