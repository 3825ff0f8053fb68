using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using OrleansAgents.Agents;
using OrleansAgents.Endpoints;
using Xunit;

namespace OrleansAgents.Tests.Endpoints;

public sealed class StoreReachTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogger<StoreReach> _logger = new();

    [Fact]
    public async Task Store_ThatNeedsNoAsking_IsNeverAway() => Assert.False(await new StoreReach(_logger, _time).IsAwayAsync());

    [Fact]
    public async Task Answer_WithinASecond_IsNotAskedForAgain()
    {
        var store = new Store();
        var reach = new StoreReach(_logger, _time, store);
        Assert.False(await reach.IsAwayAsync());
        store.Fault = new AgentStoreException("Gone.");
        _time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(await reach.IsAwayAsync());
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(await reach.IsAwayAsync());
        Assert.Equal(2, store.Asked);
    }

    [Fact]
    public async Task Store_ThatFailsAndComesBack_IsSaidOnceEach()
    {
        var store = new Store { Fault = new AgentStoreException("Gone.") };
        var reach = new StoreReach(_logger, _time, store);
        for (var i = 0; i < 3; i++)
        {
            Assert.True(await reach.IsAwayAsync());
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        store.Fault = null;
        Assert.False(await reach.IsAwayAsync());
        Assert.Equal(4, store.Asked);
        Assert.Collection(
            _logger.Collector.GetSnapshot(),
            away => Assert.Contains("Gone.", away.Message, StringComparison.Ordinal),
            back => Assert.Contains("back", back.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Store_ThatDoesNotAnswer_IsAwayAfterTwoSecondsAndAskedOnceAtATime()
    {
        var store = new Store { Silent = true };
        var reach = new StoreReach(_logger, _time, store);
        var (first, second) = (reach.IsAwayAsync(), reach.IsAwayAsync());
        await store.WasAsked.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.False(first.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(await first);
        Assert.True(await second);
        Assert.Equal(1, store.Asked);
    }

    private sealed class Store : IAgentStoreHealth
    {
        public AgentStoreException? Fault { get; set; }

        public bool Silent { get; init; }

        public int Asked { get; private set; }

        public TaskCompletionSource WasAsked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ValueTask PingAsync(CancellationToken cancellationToken)
        {
            Asked++;
            WasAsked.TrySetResult();
            return Silent ? new ValueTask(new TaskCompletionSource().Task) : Fault is null ? default : ValueTask.FromException(Fault);
        }
    }
}
