using System.CommandLine;
using OrleansAgents.Messaging;

namespace OrleansAgents.Commands;

internal static class TellCommand
{
    public static Command Create(GlobalOptions global)
    {
        var agent = new Argument<string>("AGENT") { Description = "The agent's address, kind/key." };
        var message = new MessageArguments();
        var command = new Command("tell", "Tells an agent something, waits until it is handled, and prints the receipt.") { agent };
        message.AddTo(command);
        command.SetAction((parse, cancellationToken) => CommandSession.RunAsync(
            parse, global, cancellationToken, (session, cancel) => SendAsync(session, message, parse, parse.GetValue(agent)!, cancel)));
        return command;
    }

    /// <summary>Sends one message and prints its receipt.</summary>
    public static async Task<int> SendAsync(
        CommandSession session, MessageArguments message, ParseResult parse, string recipient, CancellationToken cancellationToken)
    {
        var (envelope, problems) = await message.ReadAsync(parse, session.Settings, recipient, cancellationToken);
        if (envelope is null)
        {
            return session.Refuse(message.Id(parse), ReceiptJson.Of(problems!));
        }

        await using var silo = await session.ConnectAsync(cancellationToken);
        if (await session.SendAsync(silo, envelope, cancellationToken) is not { } reply)
        {
            return ExitCodes.Refused;
        }

        session.Output.Receipt(envelope.Id, reply.Outcome, reply.Refusal);
        return reply.Outcome is Outcome.Accepted or Outcome.Duplicate ? ExitCodes.Success : ExitCodes.Refused;
    }
}
