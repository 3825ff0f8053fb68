using System.CommandLine;
using System.Globalization;
using System.Text;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;

namespace OrleansAgents.Commands;

internal static class WatchCommand
{
    public static Command Create(GlobalOptions global)
    {
        var topic = new Argument<string>("TOPIC") { Description = "The topic's name, such as orders/eu." };
        var from = new Option<TopicStart>("--from")
        {
            Description = "Where to begin: beginning, now, the position of an event, or a time such as 2026-01-31T12:00:00Z.",
            HelpName = "start",
            DefaultValueFactory = _ => TopicStart.Now,
            CustomParser = StartText.Parse,
        };
        var count = new Option<int?>("--count") { Description = "End after this many events." };
        count.Validators.Add(Positive.Check);
        var command = new Command("watch", "Prints a topic's events, one JSON envelope a line, until Ctrl-C; with --json each has its position too.") { topic, from, count };
        command.SetAction((parse, cancellationToken) => CommandSession.RunAsync(parse, global, cancellationToken, async (session, cancel) =>
            TopicId.TryParse(parse.GetValue(topic), out var id, out var fault)
                ? await WatchAsync(session, id, parse.GetValue(from)!, parse.GetValue(count) ?? int.MaxValue, cancel)
                : session.RefuseAddress(fault)));
        return command;
    }

    private static async Task<int> WatchAsync(CommandSession session, TopicId topic, TopicStart start, int count, CancellationToken cancellationToken)
    {
        try
        {
            await using var silo = await session.ConnectAsync(cancellationToken);
            if (DescribeCommand.FindFault(silo.Client, TopicId.AgentKind) is { } fault)
            {
                return session.Refuse(null, fault);
            }

            session.Output.Error($"Watching {topic}; Ctrl-C ends.");
            await foreach (var published in silo.Client.Topic(topic).ReadAsync(start, cancellationToken))
            {
                session.Output.Line(Write(published, session.Settings.Json));
                if (--count == 0)
                {
                    break;
                }
            }
        }
        catch (AgentRefusedException e)
        {
            return session.Refuse(null, e.Refusal);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Ctrl-C is the way to end a watch, not a failure of it.
        }

        return ExitCodes.Success;
    }

    /// <summary>The position stands in front of the message's own members: it is one that whoever reads messages ignores.</summary>
    private static byte[] Write(TopicEvent published, bool withPosition)
    {
        var message = EnvelopeJson.ToBytes(published.Envelope);
        return withPosition
            ? [.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"position\":{published.Position},")), .. message.AsSpan(1)]
            : message;
    }
}
