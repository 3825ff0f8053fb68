using System.CommandLine;

namespace OrleansAgents.Commands;

/// <summary>The root: <c>agents</c>.</summary>
internal static class AgentsCommand
{
    public static RootCommand Create()
    {
        var global = new GlobalOptions();
        var root = new RootCommand("Talks to agents. Exit codes: 0 all well, 1 refused, failed or breaking, 2 wrong usage, 3 no silo reachable, 130 cancelled.")
        {
            AskCommand.Create(global),
            TellCommand.Create(global),
            PublishCommand.Create(global),
            WatchCommand.Create(global),
            SendCommand.Create(global),
            ListCommand.Create(global),
            DescribeCommand.Create(global),
            FindCommand.Create(global),
            ContractsCommand.Create(global),
            StopCommand.Create(global),
            DeadLettersCommand.Create(global),
            AuditCommand.Create(global),
            RoutesCommand.Create(global),
            BlackboardCommand.Create(global),
            ConversationCommand.Create(global),
            ConversationsCommand.Create(global),
        };
        global.AddTo(root);
        return root;
    }
}
