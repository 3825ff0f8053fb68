using System.ComponentModel;
using System.Globalization;
using OrleansAgents.Agents;
using OrleansAgents.Intelligence;

namespace OrleansAgents.Demo;

[Agent("assistant", Public = true, Description = "Talks, with the silo's default model. It can count, tell the time, and wait.", Tags = ["demo"])]
internal sealed class AssistantAgent(TimeProvider time) : ChatAgent
{
    protected override string Instructions => "You are a helpful assistant. Answer briefly. Use your tools where they help, and say so where you do not know something.";

    protected override void AddTools(ToolSet tools) => tools
        .Add<CounterAdd>(new AgentId("counter", Id.Key), "Adds a whole number to this conversation's counter, and answers with the sum.")
        .Add(TellTime, "time")
        .Add(WaitAsync, "wait", needsApproval: true);

    [Description("Tells the date and the time, in UTC.")]
    private string TellTime() => time.GetUtcNow().ToString("u", CultureInfo.InvariantCulture);

    [Description("Waits for so many seconds.")]
    private async Task<string> WaitAsync([Description("From 0 to 60.")] double seconds, CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromSeconds(Math.Clamp(seconds, 0, 60)), time, cancellationToken);
        return "Done.";
    }
}
