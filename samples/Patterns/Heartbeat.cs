using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Patterns;

namespace OrleansAgents.Samples;

[Contract("watch.begin")]
internal sealed record BeginWatch;

[Contract("watch.beat")]
internal sealed record Beat;

internal sealed class WatchState
{
    public int Beats { get; set; }
}

[Agent("watch", Description = "Counts heartbeats, and stops them at the third.")]
internal sealed class Watch(Witness witness) : Agent<WatchState>, IHandle<BeginWatch>, IHandle<Beat>
{
    public ValueTask HandleAsync(BeginWatch message, AgentContext context, CancellationToken cancellationToken)
    {
        context.Every("heart", TimeSpan.FromMilliseconds(50), Id, new Beat());
        return default;
    }

    public ValueTask HandleAsync(Beat message, AgentContext context, CancellationToken cancellationToken)
    {
        if (++State.Beats == 3)
        {
            context.StopEvery("heart");
        }

        witness.Report("beats", $"beat {State.Beats}");
        return default;
    }
}

internal static class Heartbeat
{
    public static async Task PlayAsync(Stage stage)
    {
        await stage.Agents.Agent("watch/1").TellAsync(new BeginWatch());
        for (var i = 1; i <= 3; i++)
        {
            Stage.Expect(await stage.HearAsync("beats") == $"beat {i}", $"beat {i}");
        }

        // The stop is on its way to the timer; once it has come nothing is due any more.
        while ((await stage.Agents.Agent("timer/heart").AskAsync(new TimerRead())).Next is not null)
        {
        }

        Stage.Say("the heart has stopped");
    }
}
