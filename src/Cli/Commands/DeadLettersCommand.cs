using System.CommandLine;
using OrleansAgents.Agents;
using OrleansAgents.Connection;
using OrleansAgents.DeadLetters;

namespace OrleansAgents.Commands;

/// <summary>The group of commands about messages that were given up on.</summary>
internal static class DeadLettersCommand
{
    public static Command Create(GlobalOptions global) => new("deadletters", "Lists, shows, replays and drops messages that were given up on.")
    {
        LetterListCommand.Create(global),
        LetterShowCommand.Create(global),
        LetterSettleCommand.CreateReplay(global),
        LetterSettleCommand.CreateDrop(global),
    };

    /// <summary>Runs what a command of the group does with the letters of the silo.</summary>
    public static Task<int> RunAsync(
        ParseResult parse, GlobalOptions global, CancellationToken cancellationToken, Func<CommandSession, LetterShards, CancellationToken, Task<int>> work) =>
        CommandSession.RunAsync(parse, global, cancellationToken, async (session, cancel) =>
        {
            await using var silo = await session.ConnectAsync(cancel);
            return DescribeCommand.FindFault(silo.Client, DeadLetterAddress.Kind) is { } fault
                ? session.Refuse(null, fault)
                : await RunAsync(session, silo, work, cancel);
        });

    private static async Task<int> RunAsync(
        CommandSession session, SiloConnection silo, Func<CommandSession, LetterShards, CancellationToken, Task<int>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await work(session, new LetterShards(silo.Client, silo.Cipher), cancellationToken);
        }
        catch (AgentRefusedException e)
        {
            return session.Refuse(null, e.Refusal);
        }
    }
}
