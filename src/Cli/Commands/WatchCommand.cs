using System.CommandLine;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;

namespace OrleansAgents.Commands;

internal static class WatchCommand
{
    public static Command Create(GlobalOptions global)
    {
        var topic = new Argument<string>("TOPIC") { Description = "The topic's name, such as orders/eu." };
        var count = new Option<int?>("--count") { Description = "End after this many events." };
        count.Validators.Add(Positive.Check);
        var command = new Command("watch", "Prints a topic's events from now on, one JSON envelope a line, until Ctrl-C.") { topic, count };
        command.SetAction((parse, cancellationToken) => CommandSession.RunAsync(parse, global, cancellationToken, async (session, cancel) =>
            TopicId.TryParse(parse.GetValue(topic), out var id, out var fault)
                ? await WatchAsync(session, id, parse.GetValue(count) ?? int.MaxValue, cancel)
                : session.RefuseAddress(fault)));
        return command;
    }

    private static async Task<int> WatchAsync(CommandSession session, TopicId topic, int count, CancellationToken cancellationToken)
    {
        try
        {
            await using var silo = await session.ConnectAsync(cancellationToken);
            if (DescribeCommand.FindFault(silo.Client, TopicId.AgentKind) is { } fault)
            {
                return session.Refuse(null, fault);
            }

            session.Output.Error($"Watching {topic}; Ctrl-C ends.");
            await foreach (var published in silo.Client.Topic(topic).ReadAsync(start: null, cancellationToken))
            {
                session.Output.Line(EnvelopeJson.ToBytes(published.Envelope));
                if (--count == 0)
                {
                    break;
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Ctrl-C is the way to end a watch, not a failure of it.
        }

        return ExitCodes.Success;
    }
}
