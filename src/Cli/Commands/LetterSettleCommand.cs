using System.CommandLine;
using OrleansAgents.Agents;
using OrleansAgents.DeadLetters;
using OrleansAgents.Messaging;
using OrleansAgents.Output;

namespace OrleansAgents.Commands;

/// <summary>Replays or drops dead letters: those that are named, or all that match.</summary>
internal sealed class LetterSettleCommand
{
    private readonly Argument<Guid[]> _ids = new("ID") { Description = "The letters' ids, as list shows them.", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<bool> _all = new("--all") { Description = "All letters that there are now, or those that the other options leave." };
    private readonly LetterFilter _filter = new();
    private readonly string _outcome;
    private readonly Func<Guid, IRequest<DeadLetterDone>> _request;

    private LetterSettleCommand(Command command, string outcome, Func<Guid, IRequest<DeadLetterDone>> request)
    {
        (_outcome, _request) = (outcome, request);
        command.Add(_ids);
        command.Add(_all);
        _filter.AddTo(command);
        command.Validators.Add(result =>
        {
            var isAll = result.GetValue(_all);
            if (isAll == (result.GetResult(_ids) is { Tokens.Count: > 0 }))
            {
                result.AddError("Name the letters by their ids, or say --all.");
            }
            else if (!isAll && _filter.IsGiven(result))
            {
                result.AddError("--code, --recipient and --type go with --all.");
            }
        });
    }

    public static Command CreateReplay(GlobalOptions global)
    {
        var command = new Command("replay", "Sends the messages of dead letters again, each under its own id; one that fails again is a dead letter again.");
        var settle = new LetterSettleCommand(command, "replayed", static id => new DeadLetterReplay(id));
        command.SetAction((parse, cancellationToken) => DeadLettersCommand.RunAsync(
            parse, global, cancellationToken, (session, letters, cancel) => settle.RunAsync(session, letters, parse, cancel)));
        return command;
    }

    public static Command CreateDrop(GlobalOptions global)
    {
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask first." };
        var command = new Command("drop", "Drops dead letters for good, their messages with them.") { yes };
        var settle = new LetterSettleCommand(command, "dropped", static id => new DeadLetterDrop(id));
        command.Validators.Add(result =>
        {
            if (!result.GetValue(yes) && Console.IsInputRedirected)
            {
                result.AddError("There is no terminal to ask for confirmation on; say --yes to drop without.");
            }
        });
        command.SetAction((parse, cancellationToken) => DeadLettersCommand.RunAsync(parse, global, cancellationToken, async (session, letters, cancel) =>
            parse.GetValue(yes) || await settle.ConfirmAsync(session, letters, parse, cancel)
                ? await settle.RunAsync(session, letters, parse, cancel)
                : ExitCodes.Refused));
        return command;
    }

    private async Task<bool> ConfirmAsync(CommandSession session, LetterShards letters, ParseResult parse, CancellationToken cancellationToken)
    {
        var count = parse.GetValue(_all)
            ? (await letters.ListAsync(_filter.Read(parse, session.Settings) with { Limit = 1 }, cancellationToken)).Total
            : parse.GetValue(_ids)!.Length;
        session.Output.Error($"Drop {count} dead letter{(count == 1 ? "" : "s")} for good? [y/N]");
        // Reading a terminal does not heed the token by itself.
        var answer = await Task.Run(Console.ReadLine, CancellationToken.None).WaitAsync(cancellationToken);
        if (answer?.Trim() is "y" or "Y" or "yes")
        {
            return true;
        }

        session.Output.Error("Nothing was dropped.");
        return false;
    }

    private async Task<int> RunAsync(CommandSession session, LetterShards letters, ParseResult parse, CancellationToken cancellationToken)
    {
        var code = ExitCodes.Success;
        if (!parse.GetValue(_all))
        {
            foreach (var id in parse.GetValue(_ids)!.Distinct())
            {
                code = Math.Max(code, await SettleAsync(session, letters, id, mayBeGone: false, cancellationToken));
            }

            return code;
        }

        await foreach (var id in letters.FindAsync(_filter.Read(parse, session.Settings), cancellationToken))
        {
            code = Math.Max(code, await SettleAsync(session, letters, id, mayBeGone: true, cancellationToken));
        }

        return code;
    }

    private async Task<int> SettleAsync(CommandSession session, LetterShards letters, Guid id, bool mayBeGone, CancellationToken cancellationToken)
    {
        try
        {
            if (await letters.SettleAsync(id, _request, cancellationToken))
            {
                LetterText.Settled(session.Output, id, _outcome);
                return ExitCodes.Success;
            }

            // Of all there were, one that somebody else settled meanwhile is none.
            return mayBeGone ? ExitCodes.Success : session.Refuse(new MessageId(id), new Refusal("dead-letter.unknown", $"There is no dead letter {id}; it was replayed or dropped."));
        }
        catch (AgentException e)
        {
            // One that cannot be settled must not keep the others from it.
            session.Output.Receipt(new MessageId(id), e is AgentRefusedException ? Outcome.Refused : Outcome.Failed, new Refusal(e.Code, $"{id}: {e.Message}"));
            return ExitCodes.Refused;
        }
    }
}
