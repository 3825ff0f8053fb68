using System.CommandLine;
using OrleansAgents.Contracts;
using OrleansAgents.Messaging;
using OrleansAgents.Output;

namespace OrleansAgents.Commands;

internal static class ContractExportCommand
{
    public static Command Create(GlobalOptions global)
    {
        var assemblies = ContractsCommand.CreateAssemblies();
        var command = new Command("export", "Writes the contracts of the cluster, or of assemblies, with their schemas as JSON.") { assemblies };
        command.SetAction((parse, cancellationToken) => CommandSession.RunAsync(parse, global, cancellationToken, async (session, cancel) =>
        {
            var entries = await ContractSource.ReadAsync(session, parse.GetValue(assemblies)!, cancel);
            session.Output.Page(SchemaText.Write(ContractList.ToJson(entries), session.Output.Json));
            return ExitCodes.Success;
        }));
        return command;
    }
}
