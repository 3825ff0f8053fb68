using System.CommandLine;
using OrleansAgents.Topics;

namespace OrleansAgents.Commands;

internal static class PublishCommand
{
    public static Command Create(GlobalOptions global)
    {
        var topic = new Argument<string>("TOPIC") { Description = "The topic's name, such as orders/eu." };
        var message = new MessageArguments();
        var command = new Command("publish", "Publishes an event on a topic and prints the receipt.") { topic };
        message.AddTo(command);
        command.SetAction((parse, cancellationToken) => CommandSession.RunAsync(parse, global, cancellationToken, async (session, cancel) =>
            TopicId.TryParse(parse.GetValue(topic), out var id, out var fault)
                ? await TellCommand.SendAsync(session, message, parse, id.Agent.ToString(), cancel)
                : session.RefuseAddress(fault)));
        return command;
    }
}
