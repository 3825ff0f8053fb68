using Spectre.Console;

namespace OrleansAgents.Sending;

/// <summary>Shows how far a file is sent, where somebody watches.</summary>
internal static class SendProgress
{
    public static async Task RunAsync(Stream input, SendReport report, CancellationToken cancellationToken, FileSender sender)
    {
        if (report.Json || Console.IsErrorRedirected)
        {
            await sender.SendAsync(input, report, static _ => { }, cancellationToken);
            return;
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        report.Complain = line => console.Write(new Text(line + Environment.NewLine, new Style(Color.Red)));
        await console.Progress().AutoClear(enabled: true).StartAsync(async context =>
        {
            var task = context.AddTask("sending", maxValue: input.CanSeek ? Math.Max(1, input.Length) : 1);
            task.IsIndeterminate = !input.CanSeek;
            await sender.SendAsync(input, report, bytes =>
            {
                task.Value = input.CanSeek ? bytes : 0;
                task.Description = Markup.Escape(report.Summary);
            }, cancellationToken);
        });
    }
}
