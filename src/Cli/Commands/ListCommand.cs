using System.CommandLine;
using OrleansAgents.Output;

namespace OrleansAgents.Commands;

internal static class ListCommand
{
    public static Command Create(GlobalOptions global)
    {
        var command = new Command("list", "Lists the kinds of agents that the silos host, with their contracts.");
        command.SetAction((parse, cancellationToken) => CommandSession.RunAsync(parse, global, cancellationToken, async (session, cancel) =>
        {
            await using var silo = await session.ConnectAsync(cancel);
            foreach (var kind in silo.Client.Kinds)
            {
                KindText.Write(session.Output, kind);
            }

            return ExitCodes.Success;
        }));
        return command;
    }
}
