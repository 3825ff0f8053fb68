using System.CommandLine;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Routing;

namespace OrleansAgents.Commands;

/// <summary>The group of commands about a router's rules.</summary>
internal static class RoutesCommand
{
    private const string RouterKind = "router";

    public static Command Create(GlobalOptions global) => new("routes", "Lists, changes and tries out the rules of a router.")
    {
        RouteListCommand.Create(global),
        RouteChangeCommand.CreatePut(global),
        RouteChangeCommand.CreateRemove(global),
        RouteExplainCommand.Create(global),
    };

    public static Argument<string> RouterArgument() => new("ROUTER") { Description = "The router's name, or its address, such as router/orders." };

    /// <summary>Runs what a command of the group does with one router.</summary>
    public static Task<int> RunAsync(
        ParseResult parse, GlobalOptions global, Argument<string> router, CancellationToken cancellationToken,
        Func<CommandSession, AgentHandle, CancellationToken, Task> work) =>
        CommandSession.RunAsync(parse, global, cancellationToken, async (session, cancel) =>
        {
            if (!AgentId.TryParse(parse.GetValue(router), RouterKind, out var id, out var fault))
            {
                return session.RefuseAddress(fault);
            }

            await using var silo = await session.ConnectAsync(cancel);
            try
            {
                await work(session, silo.Client.Agent(id), cancel);
                return ExitCodes.Success;
            }
            catch (AgentRefusedException e)
            {
                return session.Refuse(null, e.Refusal);
            }
        });
}
