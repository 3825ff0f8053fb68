using System.CommandLine;
using OrleansAgents.Sending;

namespace OrleansAgents.Commands;

internal static class SendCommand
{
    public static Command Create(GlobalOptions global)
    {
        var file = new Argument<string>("FILE") { Description = "A file of messages, one JSON envelope a line; - reads standard input." };
        var parallel = new Option<int>("--parallel") { Description = "How many messages are on their way at a time.", DefaultValueFactory = _ => 16 };
        parallel.Validators.Add(Positive.Check);
        var command = new Command("send", "Sends a file of messages. A message without a sender comes from --sender. Those that are refused are reported, and the rest is still sent.") { file, parallel };
        command.SetAction((parse, cancellationToken) => CommandSession.RunAsync(
            parse, global, cancellationToken, (session, cancel) => SendAsync(session, parse.GetValue(file)!, parse.GetValue(parallel), cancel)));
        return command;
    }

    private static async Task<int> SendAsync(CommandSession session, string file, int parallel, CancellationToken cancellationToken)
    {
        Stream input;
        try
        {
            input = file == "-" ? Console.OpenStandardInput() : File.OpenRead(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            session.Output.Error($"{file} cannot be read: {e.Message}");
            return ExitCodes.Usage;
        }

        await using (input)
        {
            await using var silo = await session.ConnectAsync(cancellationToken);
            return await SendAsync(session, input, new FileSender(silo, parallel, session.Settings.DefaultKind, session.Settings.Sender), cancellationToken);
        }
    }

    private static async Task<int> SendAsync(CommandSession session, Stream input, FileSender sender, CancellationToken cancellationToken)
    {
        var report = new SendReport(session.Output);
        try
        {
            await SendProgress.RunAsync(input, report, cancellationToken, sender);
        }
        finally
        {
            report.Close();
        }

        return report.IsClean ? ExitCodes.Success : ExitCodes.Refused;
    }
}
