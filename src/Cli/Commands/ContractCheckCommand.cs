using System.CommandLine;
using OrleansAgents.Contracts;
using OrleansAgents.Output;

namespace OrleansAgents.Commands;

internal static class ContractCheckCommand
{
    public static Command Create(GlobalOptions global)
    {
        var old = new Argument<string>("OLD.json") { Description = "The contracts as others know them: what export wrote before." };
        var today = new Argument<string?>("NEW.json") { Description = "The contracts now; those of --assembly, or of the cluster, where it is left out.", Arity = ArgumentArity.ZeroOrOne };
        var assemblies = ContractsCommand.CreateAssemblies();
        var command = new Command("check", "Names every change that breaks those who know the old contracts. Exit codes: 0 none, 1 some, 2 what was given cannot be read.")
        {
            old, today, assemblies,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(today) is { Tokens.Count: > 0 } && result.GetResult(assemblies) is { Implicit: false })
            {
                result.AddError("NEW.json and --assembly are two ways to the contracts of now; give one of them.");
            }
        });
        command.SetAction((parse, cancellationToken) => CommandSession.RunAsync(parse, global, cancellationToken, async (session, cancel) =>
        {
            var was = await ContractSource.ReadFileAsync(parse.GetValue(old)!, cancel);
            var now = parse.GetValue(today) is { } file
                ? await ContractSource.ReadFileAsync(file, cancel)
                : await ContractSource.ReadAsync(session, parse.GetValue(assemblies)!, cancel);
            var changes = ContractComparison.Compare(was, now);
            ChangeText.Write(session.Output, changes);
            return changes.Any(c => c.IsBreaking) ? ExitCodes.Refused : ExitCodes.Success;
        }));
        return command;
    }
}
