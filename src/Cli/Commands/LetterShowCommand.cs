using System.CommandLine;
using OrleansAgents.Output;

namespace OrleansAgents.Commands;

internal static class LetterShowCommand
{
    public static Command Create(GlobalOptions global)
    {
        var id = new Argument<Guid>("ID") { Description = "The letter's id, as list shows it." };
        var command = new Command("show", "Shows one dead letter with its whole message.") { id };
        command.SetAction((parse, cancellationToken) => DeadLettersCommand.RunAsync(parse, global, cancellationToken, async (session, letters, cancel) =>
        {
            LetterText.Write(session.Output, parse.GetValue(id), await letters.ShowAsync(parse.GetValue(id), cancel));
            return ExitCodes.Success;
        }));
        return command;
    }
}
