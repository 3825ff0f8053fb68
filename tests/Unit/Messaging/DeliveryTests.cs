using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;
using Xunit;

namespace OrleansAgents.Tests.Messaging;

public sealed class DeliveryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Call_WhoseConnectionIsLost_IsSentAgainUnderItsId()
    {
        using var connection = new CancellationTokenSource();
        using var next = new CancellationTokenSource();
        var agent = new Agent();
        var envelope = Create();
        var delivery = new Delivery(new DeliveryOptions(), TimeProvider.System, () => agent.Received.Count == 0 ? connection.Token : next.Token);
        var sending = delivery.SendAsync(agent, envelope, Token).AsTask();
        Assert.False(sending.IsCompleted);
        await connection.CancelAsync();
        await agent.Again.Task.WaitAsync(Token);
        agent.Answer.SetResult(Reply.Refused(new Refusal("seen", "It came.")));
        Assert.Equal("seen", (await sending).Refusal!.Code);
        Assert.Equal([envelope.Id, envelope.Id], agent.Received);
    }

    [Fact]
    public async Task Call_ThatIsCancelled_IsNotSentAgain()
    {
        using var connection = new CancellationTokenSource();
        using var caller = new CancellationTokenSource();
        var agent = new Agent();
        var sending = new Delivery(new DeliveryOptions(), TimeProvider.System, () => connection.Token).SendAsync(agent, Create(), caller.Token).AsTask();
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        Assert.Single(agent.Received);
    }

    [Theory]
    [InlineData(false, 4)]
    [InlineData(true, 20)]
    public async Task Call_ThatDoesNotGetThrough_IsRepeatedUntilItsTimeIsOverWhereConnectionsAreWatched(bool isWatched, int sent)
    {
        using var caller = new CancellationTokenSource();
        var agent = new Agent { IsUnreachable = true };
        // In vain where it has been given up before.
        agent.Sent = count => (count == 20 ? caller : null)?.Cancel();
        var options = new DeliveryOptions { MaxRetries = 3, FirstDelay = TimeSpan.FromMilliseconds(1), LongestDelay = TimeSpan.FromMilliseconds(1) };
        var sending = new Delivery(options, TimeProvider.System, isWatched ? () => CancellationToken.None : null).SendAsync(agent, Create(), caller.Token).AsTask();
        var fault = await Record.ExceptionAsync(() => sending);
        Assert.Equal(isWatched, fault is OperationCanceledException);
        Assert.Equal(!isWatched, fault is AgentTimeoutException);
        Assert.Equal(sent, agent.Received.Count);
    }

    private static Envelope Create() => Envelope.Create(new AgentId("client", "test"), new AgentId("echo", "a"), new Note("x"));

    [Contract("test.delivery")]
    private sealed record Note(string Text);

    /// <summary>Lets the first call wait for ever, as a call that went by a dead silo does.</summary>
    private sealed class Agent : IAgentGrain
    {
        public List<MessageId> Received { get; } = [];

        /// <summary>Whether each call fails as where nobody listens.</summary>
        public bool IsUnreachable { get; init; }

        /// <summary>Is told how often it was called.</summary>
        public Action<int>? Sent { get; set; }

        public TaskCompletionSource Again { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<Reply> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ValueTask<Reply> DeliverAsync(Envelope envelope)
        {
            Received.Add(envelope.Id);
            Sent?.Invoke(Received.Count);
            if (IsUnreachable)
            {
                throw new TimeoutException();
            }

            if (Received.Count == 1)
            {
                return new ValueTask<Reply>(new TaskCompletionSource<Reply>().Task);
            }

            Again.TrySetResult();
            return new ValueTask<Reply>(Answer.Task);
        }

        public ValueTask<EventsReply> DeliverEventsAsync(EventBatch batch) => throw new NotSupportedException();

        public ValueTask CancelAsync(Guid messageId) => default;

        public ValueTask StopAsync() => default;

        public ValueTask WakeAsync() => default;
    }
}
