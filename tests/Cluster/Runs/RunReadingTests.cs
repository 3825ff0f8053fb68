using Orleans.Configuration;
using OrleansAgents.Agents;
using OrleansAgents.Memory;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.Tests.Runs;

/// <summary>Runs that are read while something happens to them.</summary>
public sealed class RunReadingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_WhileTheEndIsBeingStored_HasOfItAllOrNothing()
    {
        var held = new HeldStore(new MemoryAgentStore());
        await using var cluster = await RunCrashTests.StartAsync(options => options.Store = held);
        var run = await cluster.Client.StartAsync("painter/a", new PaintSlowly("wait-held"), cancellationToken: Token);
        await PainterAgent.Waiting.GetOrAdd("wait-held", static _ => new()).Task.WaitAsync(Token);
        var commits = held.HoldCommits(RunAddress.Of(run.Id));
        PainterAgent.Gates.GetOrAdd("wait-held", static _ => new()).TrySetResult();
        await commits.Reached.Task.WaitAsync(Token);
        var reading = run.ReadAsync(cancellationToken: Token).AsTask();
        // Comes behind it, and waits for no commit.
        await cluster.Client.Agent(RunAddress.Of(run.Id)).CancelAsync(MessageId.New(), Token);
        Assert.False(reading.IsCompleted);
        commits.Open();
        var read = await reading;
        Assert.Equal(read.State == RunState.Completed, read.Message is not null);
        Assert.Equal(read.State == RunState.Completed, read.Artifacts.Any(a => a.Id == "title"));
        var end = await run.WaitAsync(untilFinal: true, Token);
        Assert.Equal((RunState.Completed, "Done."), (end.State, end.Message?.Parts.Single().Text));
        Assert.Equal(read.State == RunState.Completed, read.Sequence == end.Sequence);
    }

    [Fact]
    public async Task Follow_WhileTheSiloOfTheRunStops_GoesOnAtAnotherAndHoldsNothingUp()
    {
        await using var cluster = await RunCrashTests.StartAsync(options =>
        {
            options.Silos = 2;
            // A reader is told that there is nothing new after half this time, and a silo waited for that, or for half a minute.
            options.ConfigureSilo(silo => silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromMinutes(10)));
        });
        var run = await cluster.Client.StartAsync("painter/a", new PaintAsking(), cancellationToken: Token);
        await run.WaitAsync(cancellationToken: Token);
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var following = Task.Run(async () =>
        {
            List<RunEvent> events = [];
            await foreach (var one in run.FollowAsync(cancellationToken: Token))
            {
                events.Add(one);
                began.TrySetResult();
            }

            return events;
        }, Token);
        await began.Task;
        await cluster.StopSiloAsync(cluster.FindSilo(RunAddress.Of(run.Id))!).WaitAsync(TimeSpan.FromSeconds(25), TimeProvider.System, Token);
        await run.SayAsync("red", Token);
        var seen = await following;
        Assert.Equal(Enumerable.Range(1, seen.Count).Select(i => (long)i), seen.Select(e => e.Sequence));
        Assert.Equal(RunState.Completed, seen[^1].State);
    }
}
