using System.CommandLine;
using OrleansAgents.Agents;
using OrleansAgents.Audit;
using OrleansAgents.Output;

namespace OrleansAgents.Commands;

/// <summary>The group of commands about who sent an agent what.</summary>
internal static class AuditCommand
{
    public static Command Create(GlobalOptions global) => new("audit", "Shows, exports and verifies the audit logs of agents.")
    {
        CreateShow(global),
        CreateExport(global),
        AuditVerifyCommand.Create(global),
    };

    private static Command CreateShow(GlobalOptions global)
    {
        var agent = CreateAgent();
        var after = new Option<long>("--after") { Description = "Only entries behind this sequence." };
        after.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && token.Value.StartsWith('-'))
            {
                result.AddError("--after is a sequence, 0 or more.");
            }
        });
        var command = new Command("show", "Shows who sent an agent what, oldest first.") { agent, after };
        command.SetAction((parse, cancellationToken) => RunAsync(parse, global, parse.GetValue(agent)!, cancellationToken, async (session, handle, cancel) =>
            AuditText.Write(session.Output, await AuditPages.ReadAsync(handle, parse.GetValue(after), cancel).ToListAsync(cancel))));
        return command;
    }

    private static Command CreateExport(GlobalOptions global)
    {
        var agent = CreateAgent();
        var command = new Command("export", "Writes an agent's whole log to standard output, one JSON object a line, for verify.") { agent };
        command.SetAction((parse, cancellationToken) => RunAsync(parse, global, parse.GetValue(agent)!, cancellationToken, async (session, handle, cancel) =>
        {
            await foreach (var entry in AuditPages.ReadAsync(handle, after: 0, cancel))
            {
                session.Output.Line(AuditJson.ToBytes(entry));
            }
        }));
        return command;
    }

    private static Argument<string> CreateAgent() => new("AGENT") { Description = "The agent's address, kind/key." };

    private static Task<int> RunAsync(
        ParseResult parse, GlobalOptions global, string agent, CancellationToken cancellationToken, Func<CommandSession, AgentHandle, CancellationToken, Task> work) =>
        CommandSession.RunAsync(parse, global, cancellationToken, async (session, cancel) =>
        {
            if (!AgentId.TryParse(agent, session.Settings.DefaultKind, out var id, out var fault))
            {
                return session.RefuseAddress(fault);
            }

            await using var silo = await session.ConnectAsync(cancel);
            try
            {
                await work(session, silo.Client.Agent(id), cancel);
                return ExitCodes.Success;
            }
            catch (AgentRefusedException e)
            {
                return session.Refuse(null, e.Refusal);
            }
        });
}
