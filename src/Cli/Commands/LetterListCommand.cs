using System.CommandLine;
using OrleansAgents.Output;

namespace OrleansAgents.Commands;

internal static class LetterListCommand
{
    public static Command Create(GlobalOptions global)
    {
        var filter = new LetterFilter();
        var limit = new Option<int>("--limit") { Description = "At most this many, the oldest.", DefaultValueFactory = _ => 1000 };
        limit.Validators.Add(Positive.Check);
        var command = new Command("list", "Lists dead letters, oldest first.") { limit };
        filter.AddTo(command);
        command.SetAction((parse, cancellationToken) => DeadLettersCommand.RunAsync(parse, global, cancellationToken, async (session, letters, cancel) =>
        {
            var page = await letters.ListAsync(filter.Read(parse, session.Settings) with { Limit = parse.GetValue(limit) }, cancel);
            LetterText.Write(session.Output, page.Letters);
            if (page.Total > page.Letters.Count)
            {
                session.Output.Error($"{page.Total - page.Letters.Count} more are not shown; --limit says how many are.");
            }

            return ExitCodes.Success;
        }));
        return command;
    }
}
