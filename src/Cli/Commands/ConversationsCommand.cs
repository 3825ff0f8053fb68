using System.CommandLine;
using OrleansAgents.Agents;
using OrleansAgents.Conversations;
using OrleansAgents.Output;

namespace OrleansAgents.Commands;

internal static class ConversationsCommand
{
    public static Command Create(GlobalOptions global)
    {
        var limit = new Option<int>("--limit") { Description = "At most this many, the latest.", DefaultValueFactory = _ => 100 };
        limit.Validators.Add(Positive.Check);
        var command = new Command("conversations", "Lists the conversations that are kept, the latest first.") { limit };
        command.SetAction((parse, cancellationToken) => RunAsync(parse, global, cancellationToken, async (session, silo, cancel) =>
        {
            var (conversations, total) = await ConversationPages.ListAsync(silo.Client, parse.GetValue(limit), cancel);
            ConversationListText.Write(session.Output, conversations);
            if (total > conversations.Count)
            {
                session.Output.Error($"{total - conversations.Count} more are not shown; --limit says how many are.");
            }

            return ExitCodes.Success;
        }));
        return command;
    }

    /// <summary>Runs what a command does with the conversations of the silo.</summary>
    public static Task<int> RunAsync(
        ParseResult parse, GlobalOptions global, CancellationToken cancellationToken,
        Func<CommandSession, Connection.SiloConnection, CancellationToken, Task<int>> work) =>
        CommandSession.RunAsync(parse, global, cancellationToken, async (session, cancel) =>
        {
            await using var silo = await session.ConnectAsync(cancel);
            if (DescribeCommand.FindFault(silo.Client, ConversationAddress.Kind) is { } fault)
            {
                return session.Refuse(null, fault);
            }

            try
            {
                return await work(session, silo, cancel);
            }
            catch (AgentRefusedException e)
            {
                return session.Refuse(null, e.Refusal);
            }
        });
}
