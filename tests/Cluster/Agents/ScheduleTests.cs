using Microsoft.Extensions.Time.Testing;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Testing;

namespace OrleansAgents.Tests.Agents;

public sealed class ScheduleTests(DurableCluster cluster) : IClassFixture<DurableCluster>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Schedule_AfterAWhile_ArrivesThenAndOnce()
    {
        var scheduler = cluster.Client.Agent("scheduler/soon");
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        await scheduler.AskAsync(new Remind("listener/soon", 300), cancellationToken: Token);
        await Gates.Entered("listener/soon=1").Task.WaitAsync(Token);
        Assert.InRange(System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalMilliseconds, 290, 10_000);
        Assert.Single(ListenerAgent.Heard["soon"]);
    }

    [Fact]
    public async Task Schedule_Cancelled_NeverArrives()
    {
        await using var timed = await AgentTestCluster.StartAsync(options =>
        {
            options.Time = new FakeTimeProvider();
            options.AddAgent<SchedulerAgent>().AddAgent<ListenerAgent>();
        }, Token);
        var scheduler = timed.Client.Agent("scheduler/never");
        var id = await scheduler.AskAsync(new Remind("listener/never", 2_000), cancellationToken: Token);
        await scheduler.AskAsync(new Remind("listener/never", 4_000), cancellationToken: Token);
        await scheduler.TellAsync(new Forget(id.Id), cancellationToken: Token);
        await timed.AdvanceUntilAsync(Gates.Entered("listener/never=1").Task);
        // The later one came, so the earlier one would have.
        Assert.Single(ListenerAgent.Heard["never"]);
        Assert.NotEqual(id.Id, ListenerAgent.Heard["never"].Single().Id.Value);
    }

    [Fact]
    public async Task Schedule_SiloKilledMeanwhile_ArrivesAfterTheRestart()
    {
        await cluster.Client.Agent("scheduler/restart").AskAsync(new Remind("listener/restart", 1500), cancellationToken: Token);
        await cluster.RestartAsync();
        await Gates.Entered("listener/restart=1").Task.WaitAsync(Token);
        Assert.Single(ListenerAgent.Heard["restart"]);
    }

    [Fact]
    public async Task Schedule_ByAVolatileAgent_FailsWithTheRemedy()
    {
        var failed = await Assert.ThrowsAsync<AgentFailedException>(async () =>
            await cluster.Client.Agent("forgetful/x").AskAsync(new Remind("listener/x", 1), cancellationToken: Token));
        Assert.Contains("InvalidOperationException", failed.Message, StringComparison.Ordinal);
    }
}

[Contract("test.remind")]
public sealed record Remind(string Whom, int AfterMs) : IRequest<Reminder>;

[Contract("test.forget")]
public sealed record Forget(Guid Id);

public sealed record Reminder(Guid Id);

[Agent("scheduler")]
internal sealed class SchedulerAgent : Agent<AccountState>, IHandle<Remind, Reminder>, IHandle<Forget>
{
    public ValueTask<Reminder> HandleAsync(Remind request, AgentContext context, CancellationToken cancellationToken) =>
        new(new Reminder(context.Schedule(TimeSpan.FromMilliseconds(request.AfterMs), request.Whom, new Note("now")).Value));

    public ValueTask HandleAsync(Forget message, AgentContext context, CancellationToken cancellationToken)
    {
        context.CancelScheduled(new MessageId(message.Id));
        return default;
    }
}

[Agent("forgetful")]
internal sealed class ForgetfulAgent : Agent, IHandle<Remind, Reminder>
{
    public ValueTask<Reminder> HandleAsync(Remind request, AgentContext context, CancellationToken cancellationToken) =>
        new(new Reminder(context.Schedule(TimeSpan.FromMilliseconds(request.AfterMs), request.Whom, new Note("now")).Value));
}
