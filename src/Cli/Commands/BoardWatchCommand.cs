using System.CommandLine;
using OrleansAgents.Output;

namespace OrleansAgents.Commands;

internal static class BoardWatchCommand
{
    public static Command Create(GlobalOptions global)
    {
        var name = BlackboardCommand.CreateName();
        var count = new Option<int?>("--count") { Description = "End after this many documents." };
        count.Validators.Add(Positive.Check);
        var command = new Command("watch", "Prints a board's document now and after every change, one a line, until Ctrl-C; with --json each has its version and the change.") { name, count };
        command.SetAction((parse, cancellationToken) => BlackboardCommand.RunAsync(parse, global, parse.GetValue(name)!, cancellationToken, async (session, board, cancel) =>
        {
            session.Output.Error($"Watching {board.Name}; Ctrl-C ends.");
            try
            {
                await foreach (var update in board.WatchAsync(cancel).Take(parse.GetValue(count) ?? int.MaxValue))
                {
                    BoardText.Write(session.Output, update.Version, update.Document, update.Diff);
                }
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                // Ctrl-C is the way to end a watch, not a failure of it.
            }
        }));
        return command;
    }
}
