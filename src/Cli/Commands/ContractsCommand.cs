using System.CommandLine;

namespace OrleansAgents.Commands;

/// <summary>The group of commands about contracts as others know them.</summary>
internal static class ContractsCommand
{
    public static Command Create(GlobalOptions global) => new("contracts", "Exports contracts with their schemas, and checks whether a change breaks those who know the old ones.")
    {
        ContractExportCommand.Create(global),
        ContractCheckCommand.Create(global),
    };

    public static Option<string[]> CreateAssemblies() => new("--assembly")
    {
        Description = "A built assembly whose contracts are taken, in place of the cluster's. May be given several times.",
        HelpName = "FILE.dll",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };
}
