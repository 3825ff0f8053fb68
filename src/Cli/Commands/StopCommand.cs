using System.CommandLine;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Commands;

internal static class StopCommand
{
    public static Command Create(GlobalOptions global)
    {
        var agent = new Argument<string>("AGENT") { Description = "The agent's address, kind/key." };
        var command = new Command("stop", "Stops an agent once its running turn is stored; the next message starts it anew.") { agent };
        command.SetAction((parse, cancellationToken) => CommandSession.RunAsync(parse, global, cancellationToken, async (session, cancel) =>
            AgentId.TryParse(parse.GetValue(agent), session.Settings.DefaultKind, out var id, out var fault)
                ? await StopAsync(session, id, cancel)
                : session.RefuseAddress(fault)));
        return command;
    }

    private static async Task<int> StopAsync(CommandSession session, AgentId agent, CancellationToken cancellationToken)
    {
        await using var silo = await session.ConnectAsync(cancellationToken);
        try
        {
            await silo.Client.Agent(agent).StopAsync(cancellationToken).AsTask().WaitAsync(session.Settings.Timeout, cancellationToken);
        }
        catch (AgentRefusedException e)
        {
            return session.Refuse(null, e.Refusal);
        }
        catch (TimeoutException)
        {
            session.Output.Receipt(null, Outcome.Failed, new Refusal(
                RefusalCodes.Unreachable, $"{agent} did not stop within {session.Settings.Timeout.TotalSeconds:0.###} s; whether it will is unknown."));
            return ExitCodes.Refused;
        }

        if (session.Settings.Json)
        {
            session.Output.Object(json =>
            {
                json.WriteString("agent", agent.ToString());
                json.WriteString("outcome", "stopped");
            });
        }
        else
        {
            session.Output.Line($"stopped {agent}");
        }

        return ExitCodes.Success;
    }
}
