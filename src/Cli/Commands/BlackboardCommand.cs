using System.CommandLine;
using OrleansAgents.Agents;
using OrleansAgents.Blackboard;
using OrleansAgents.Messaging;

namespace OrleansAgents.Commands;

/// <summary>The group of commands about documents that agents share.</summary>
internal static class BlackboardCommand
{
    public static Command Create(GlobalOptions global) => new("blackboard", "Reads, changes and watches documents that agents share.")
    {
        BoardReadCommand.Create(global),
        BoardChangeCommand.CreatePatch(global),
        BoardChangeCommand.CreateMerge(global),
        BoardHistoryCommand.Create(global),
        BoardWatchCommand.Create(global),
    };

    /// <summary>The name of the board that a command is about.</summary>
    public static Argument<string> CreateName() => new("NAME") { Description = "The board's name, such as plan." };

    /// <summary>Runs what a command of the group does with a board.</summary>
    public static Task<int> RunAsync(
        ParseResult parse, GlobalOptions global, string name, CancellationToken cancellationToken, Func<CommandSession, BlackboardHandle, CancellationToken, Task> work) =>
        CommandSession.RunAsync(parse, global, cancellationToken, async (session, cancel) =>
        {
            try
            {
                // Before the connection: it takes time, and changes nothing about the name.
                _ = BlackboardAddress.Of(name);
            }
            catch (FormatException e)
            {
                return session.RefuseAddress(e.Message);
            }

            await using var silo = await session.ConnectAsync(cancel);
            if (DescribeCommand.FindFault(silo.Client, BlackboardAddress.Kind) is { } fault)
            {
                return session.Refuse(null, fault);
            }

            return await RunAsync(session, () => work(session, silo.Client.Blackboard(name), cancel));
        });

    private static async Task<int> RunAsync(CommandSession session, Func<Task> work)
    {
        try
        {
            await work();
            return ExitCodes.Success;
        }
        catch (AgentRefusedException e)
        {
            return session.Refuse(null, e.Refusal);
        }
        catch (BlackboardConflictException e)
        {
            return session.Refuse(null, e.Refusal);
        }
        catch (AgentException e)
        {
            session.Output.Receipt(null, Outcome.Failed, new Refusal(e.Code, e.Message));
            return ExitCodes.Refused;
        }
    }
}
