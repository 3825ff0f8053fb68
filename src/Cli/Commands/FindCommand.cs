using System.CommandLine;
using OrleansAgents.Agents;
using OrleansAgents.Directory;
using OrleansAgents.Output;

namespace OrleansAgents.Commands;

internal static class FindCommand
{
    public static Command Create(GlobalOptions global)
    {
        var capability = new Argument<string>("CAPABILITY") { Description = "What the agents can do, such as quote." };
        var tags = new Option<string[]>("--tag") { Description = "Only those with this tag; with each of them, where given several times.", HelpName = "tag" };
        var kind = new Option<string?>("--kind") { Description = "Only those of this kind.", HelpName = "kind" };
        var limit = new Option<int>("--limit") { Description = "At most this many agents, 1000 at most.", DefaultValueFactory = _ => 100 };
        limit.Validators.Add(Positive.Check);
        var command = new Command("find", "Finds agents, and kinds of them, by what they can do.") { capability, tags, kind, limit };
        command.SetAction((parse, cancellationToken) => CommandSession.RunAsync(parse, global, cancellationToken, async (session, cancel) =>
        {
            var query = new DirectoryFind(parse.GetValue(capability)!, parse.GetValue(tags), parse.GetValue(kind), parse.GetValue(limit));
            if (query.FindFault() is { } fault)
            {
                throw new UsageException(fault);
            }

            return await RunAsync(session, query, cancel);
        }));
        return command;
    }

    private static async Task<int> RunAsync(CommandSession session, DirectoryFind query, CancellationToken cancellationToken)
    {
        await using var silo = await session.ConnectAsync(cancellationToken);
        try
        {
            var found = await silo.Client.FindAsync(
                query.Capability, query.Tags, query.Kind, query.Limit, within: session.Settings.Timeout, cancellationToken: cancellationToken);
            FoundText.Write(session.Output, found);
            return found.Missing.Count == 0 ? ExitCodes.Success : ExitCodes.Refused;
        }
        catch (AgentRefusedException e)
        {
            return session.Refuse(null, e.Refusal);
        }
    }
}
