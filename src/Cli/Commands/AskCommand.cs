using System.CommandLine;
using System.Diagnostics;
using OrleansAgents.Messaging;

namespace OrleansAgents.Commands;

internal static class AskCommand
{
    public static Command Create(GlobalOptions global)
    {
        var agent = new Argument<string>("AGENT") { Description = "The agent's address, kind/key." };
        var message = new MessageArguments();
        var command = new Command("ask", "Asks an agent and prints its reply.") { agent };
        message.AddTo(command);
        command.SetAction((parse, cancellationToken) => CommandSession.RunAsync(parse, global, cancellationToken, async (session, cancel) =>
        {
            var (envelope, problems) = await message.ReadAsync(parse, session.Settings, parse.GetValue(agent)!, cancel);
            return envelope is null ? session.Refuse(message.Id(parse), ReceiptJson.Of(problems!)) : await AskAsync(session, envelope, cancel);
        }));
        return command;
    }

    private static async Task<int> AskAsync(CommandSession session, Envelope envelope, CancellationToken cancellationToken)
    {
        await using var silo = await session.ConnectAsync(cancellationToken);
        var started = Stopwatch.GetTimestamp();
        if (await session.SendAsync(silo, envelope, cancellationToken) is not { } reply)
        {
            return ExitCodes.Refused;
        }

        var elapsed = Stopwatch.GetElapsedTime(started);
        if (reply.Refusal is { } refusal)
        {
            session.Output.Receipt(envelope.Id, reply.Outcome, refusal);
            return ExitCodes.Refused;
        }

        var answer = reply.ToJson() ?? "null"u8.ToArray();
        if (!session.Settings.Json)
        {
            session.Output.Line(answer);
            return ExitCodes.Success;
        }

        session.Output.Object(json =>
        {
            json.WriteString("id", envelope.Id.Value);
            json.WriteString("type", envelope.Type);
            json.WriteNumber("version", envelope.Version);
            json.WritePropertyName("reply");
            json.WriteRawValue(answer);
            json.WriteNumber("elapsedMs", Math.Round(elapsed.TotalMilliseconds, 3));
        });
        return ExitCodes.Success;
    }
}
