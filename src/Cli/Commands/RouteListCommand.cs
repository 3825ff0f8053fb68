using System.CommandLine;
using OrleansAgents.Output;
using OrleansAgents.Routing;

namespace OrleansAgents.Commands;

internal static class RouteListCommand
{
    private const int PageLength = 1000;

    public static Command Create(GlobalOptions global)
    {
        var router = RoutesCommand.RouterArgument();
        var limit = new Option<int>("--limit") { Description = "At most this many.", DefaultValueFactory = _ => PageLength };
        limit.Validators.Add(Positive.Check);
        var command = new Command("list", "Lists a router's rules in the order in which they are tried, and the agents that it avoids. With --json, one rule a line, as put takes them.") { router, limit };
        command.SetAction((parse, cancellationToken) => RoutesCommand.RunAsync(parse, global, router, cancellationToken, async (session, agent, cancel) =>
        {
            var left = parse.GetValue(limit);
            var shown = 0;
            while (true)
            {
                var page = await agent.AskAsync(new RouterRead(shown, Math.Min(left, PageLength)), cancellationToken: cancel);
                RouteText.Write(session.Output, page, isFirst: shown == 0);
                shown += page.Routes.Count;
                left -= page.Routes.Count;
                if (left == 0 || page.Routes.Count == 0 || shown >= page.Total)
                {
                    if (shown < page.Total)
                    {
                        session.Output.Error($"{page.Total - shown} more are not shown; --limit says how many are.");
                    }

                    return;
                }
            }
        }));
        return command;
    }
}
