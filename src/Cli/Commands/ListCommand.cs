using System.CommandLine;
using OrleansAgents.Agents;
using OrleansAgents.Directory;
using OrleansAgents.Messaging;
using OrleansAgents.Output;

namespace OrleansAgents.Commands;

internal static class ListCommand
{
    public static Command Create(GlobalOptions global)
    {
        var active = new Option<string?>("--active")
        {
            Description = "List the agents that are active, and on which silo, in place of the kinds; those of one kind, where it is named.",
            HelpName = "kind",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var limit = new Option<int>("--limit") { Description = $"With --active: at most this many, {SiloAgents.MaxLimit} at most.", DefaultValueFactory = _ => 100 };
        limit.Validators.Add(Positive.Check);
        var command = new Command("list", "Lists the kinds of agents that the silos host, with their contracts; or the agents that are active.") { active, limit };
        command.Validators.Add(result =>
        {
            if (result.GetResult(limit) is { Implicit: false } && result.GetResult(active) is null)
            {
                result.AddError("--limit goes with --active.");
            }
        });
        command.SetAction((parse, cancellationToken) => CommandSession.RunAsync(parse, global, cancellationToken, async (session, cancel) =>
        {
            if (parse.GetResult(active) is not null)
            {
                return await ListActiveAsync(session, parse.GetValue(active), parse.GetValue(limit), cancel);
            }

            await using var silo = await session.ConnectAsync(cancel);
            foreach (var kind in silo.Client.Kinds)
            {
                KindText.Write(session.Output, kind);
            }

            return ExitCodes.Success;
        }));
        return command;
    }

    private static async Task<int> ListActiveAsync(CommandSession session, string? kind, int limit, CancellationToken cancellationToken)
    {
        if (limit > SiloAgents.MaxLimit)
        {
            throw new UsageException($"--limit is {SiloAgents.MaxLimit} at most.");
        }

        await using var silo = await session.ConnectAsync(cancellationToken);
        if (kind is not null && DescribeCommand.FindFault(silo.Client, kind) is { } fault)
        {
            return session.Refuse(null, fault);
        }

        try
        {
            var found = await silo.Client.ActiveAsync(kind, limit, session.Settings.Timeout, cancellationToken);
            ActiveText.Write(session.Output, found);
            return found.Missing.Count == 0 ? ExitCodes.Success : ExitCodes.Refused;
        }
        catch (AgentException e)
        {
            return session.Refuse(null, new Refusal(e.Code, e.Message));
        }
    }
}
