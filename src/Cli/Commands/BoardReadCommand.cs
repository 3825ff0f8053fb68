using System.CommandLine;
using OrleansAgents.Output;

namespace OrleansAgents.Commands;

internal static class BoardReadCommand
{
    public static Command Create(GlobalOptions global)
    {
        var name = BlackboardCommand.CreateName();
        var version = new Option<long?>("--version") { Description = "At this version; the current one unless told.", HelpName = "version" };
        var command = new Command("read", "Prints a board's document; with --json its version too.") { name, version };
        command.SetAction((parse, cancellationToken) => BlackboardCommand.RunAsync(parse, global, parse.GetValue(name)!, cancellationToken, async (session, board, cancel) =>
        {
            var content = await board.ReadAsync(parse.GetValue(version), cancel);
            BoardText.Write(session.Output, content.Version, content.Document, diff: null);
        }));
        return command;
    }
}
