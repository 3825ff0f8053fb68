using System.CommandLine;
using OrleansAgents.Output;

namespace OrleansAgents.Commands;

internal static class BoardHistoryCommand
{
    public static Command Create(GlobalOptions global)
    {
        var name = BlackboardCommand.CreateName();
        var after = new Option<long?>("--after") { Description = "Only changes behind this version; all that are kept unless told.", HelpName = "version" };
        var limit = new Option<int?>("--limit") { Description = "At most this many, the oldest." };
        limit.Validators.Add(Positive.Check);
        var command = new Command("history", "Prints a board's changes, oldest first, one JSON object a line.") { name, after, limit };
        command.SetAction((parse, cancellationToken) => BlackboardCommand.RunAsync(parse, global, parse.GetValue(name)!, cancellationToken, async (session, board, cancel) =>
        {
            await foreach (var diff in board.HistoryAsync(parse.GetValue(after), cancel).Take(parse.GetValue(limit) ?? int.MaxValue))
            {
                session.Output.Line(BoardText.ToBytes(diff));
            }
        }));
        return command;
    }
}
