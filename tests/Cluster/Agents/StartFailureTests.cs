using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using OrleansAgents.Agents;
using OrleansAgents.Audit;
using OrleansAgents.Hosting;
using OrleansAgents.Memory;
using OrleansAgents.Messaging;
using OrleansAgents.Security;
using OrleansAgents.Testing;

namespace OrleansAgents.Tests.Agents;

public sealed class StartFailureTests(AgentCluster shared)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("broken-constructor", true)]
    [InlineData("broken-constructor", false)]
    [InlineData("broken-start", true)]
    [InlineData("broken-start", false)]
    public async Task Activation_ThatThrows_FailsTheMessageWithoutTheExceptionsText(string kind, bool outside)
    {
        var client = outside ? shared.Outside : shared.Inside;
        var failed = await Assert.ThrowsAsync<AgentFailedException>(async () => await client.Agent($"{kind}/{outside}").AskAsync(new Greet("x"), cancellationToken: Token));
        Assert.Equal(RefusalCodes.ActivationFailed, failed.Code);
        Assert.DoesNotContain("secret", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_WhileTheStoreCannotBeRead_RefusesAndLoadsWithALaterMessage()
    {
        var memory = new MemoryAgentStore();
        var store = new UnreadableStore(memory);
        await using var cluster = await AgentTestCluster.StartAsync(
            options =>
            {
                (options.Store, options.TopicLog) = (store, memory);
                options.AddAgent<AccountAgent>().ConfigureClients(Impatient);
            },
            Token);
        var account = cluster.Client.Agent("account/unreadable");
        await account.AskAsync(new Add(3), cancellationToken: Token);
        await account.StopAsync(Token);
        store.IsDown = true;
        var refused = await Assert.ThrowsAsync<AgentRefusedException>(async () => await account.AskAsync(new Add(4), cancellationToken: Token));
        Assert.Equal(RefusalCodes.StoreUnavailable, refused.Code);
        store.IsDown = false;
        Assert.Equal(7, (await account.AskAsync(new Add(4), cancellationToken: Token)).Value);
    }

    [Fact]
    public async Task Load_ThatTwoMessagesWaitFor_LosesNoneOfTheirTurns()
    {
        var memory = new MemoryAgentStore();
        var store = new UnreadableStore(memory);
        await using var cluster = await StartAsync(store, memory);
        var account = cluster.Client.Agent("account/late");
        await account.AskAsync(new Add(3), cancellationToken: Token);
        await FailToLoadAsync(account, store);
        (store.Loading, store.Writing) = (NewSignal(), NewSignal());
        var asks = new[] { account.AskAsync(new Add(4), cancellationToken: Token).AsTask(), account.AskAsync(new Add(5), cancellationToken: Token).AsTask() };
        // Calls arrive in order, so both have come when this one is answered, and the state has been read for at least one.
        await account.CancelAsync(MessageId.New(), Token);
        store.Loading.SetResult();
        await store.WriteReached.Task.WaitAsync(Token);
        store.Writing.SetResult();
        await Task.WhenAll(asks);
        Assert.Equal(12, (await account.AskAsync(new Read(), cancellationToken: Token)).Value);
        await account.StopAsync(Token);
        Assert.Equal(12, (await account.AskAsync(new Read(), cancellationToken: Token)).Value);
    }

    [Fact]
    public async Task Topic_ThatCouldNotBeLoadedAtFirst_TellsItsSubscribersAllTheSame()
    {
        var memory = new MemoryAgentStore();
        var store = new UnreadableStore(memory);
        await using var cluster = await StartAsync(store, memory);
        var subscriber = cluster.Probe("late");
        await subscriber.SubscribeAsync("late/events", cancellationToken: Token);
        await FailToLoadAsync(cluster.Client.Agent("topic/late/events"), store);
        Assert.True((await cluster.Client.Topic("late/events").PublishAsync(new Greet("late"), cancellationToken: Token)).IsAccepted);
        Assert.Equal("late", (await subscriber.ExpectAsync<Greet>(cancellationToken: Token)).Name);
    }

    /// <summary>Leaves an activation of the agent behind that could not read its state.</summary>
    private static async Task FailToLoadAsync(AgentHandle agent, UnreadableStore store)
    {
        await agent.StopAsync(Token);
        store.IsDown = true;
        var refused = await Assert.ThrowsAsync<AgentRefusedException>(async () => await agent.AskJsonAsync("test.add", "{\"amount\":1}"u8.ToArray(), cancellationToken: Token));
        Assert.Equal(RefusalCodes.StoreUnavailable, refused.Code);
        store.IsDown = false;
    }

    private static Task<AgentTestCluster> StartAsync(UnreadableStore store, MemoryAgentStore memory) => AgentTestCluster.StartAsync(
        options =>
        {
            (options.Store, options.TopicLog) = (store, memory);
            options.AddAgent<AccountAgent>().ConfigureClients(Impatient);
        },
        Token);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Load_WithoutAStore_RefusesAndTheLogNamesTheRemedy()
    {
        var logs = new FakeLogCollector();
        var builder = new Orleans.TestingHost.InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.UseSignatures(SignaturePolicy.None).AddAgents().AddAgent<AccountAgent>().AddAgent<GreeterAgent>();
            silo.Services.AddSingleton<ILoggerProvider>(new FakeLoggerProvider(logs));
        });
        builder.ConfigureClient(client => client.Services.AddAgentClient(Impatient));
        await using var cluster = builder.Build();
        await cluster.DeployAsync(Token);
        var client = cluster.Client.ServiceProvider.GetRequiredService<IAgentClient>();
        var refused = await Assert.ThrowsAsync<AgentRefusedException>(async () => await client.Agent("account/a").AskAsync(new Add(1), cancellationToken: Token));
        Assert.Equal(RefusalCodes.StoreUnavailable, refused.Code);
        Assert.Contains(logs.GetSnapshot(), l => l.Exception?.Message.Contains("UseMemoryStorage()", StringComparison.Ordinal) is true);
        // Volatile agents need none.
        Assert.Equal("Hello, you!", (await client.Agent("greeter/a").AskAsync(new Greet("you"), cancellationToken: Token)).Text);
    }

    private static void Impatient(AgentClientOptions client) =>
        (client.Delivery.MaxRetries, client.Delivery.FirstDelay) = (1, TimeSpan.FromMilliseconds(1));

    private sealed class UnreadableStore(MemoryAgentStore store) : IAgentStore
    {
        public bool IsDown { get; set; }

        /// <summary>What a load waits for when it has read; null for nothing.</summary>
        public TaskCompletionSource? Loading { get; set; }

        /// <summary>What a commit waits for before it is written; null for nothing.</summary>
        public TaskCompletionSource? Writing { get; set; }

        public TaskCompletionSource WriteReached { get; } = NewSignal();

        public async ValueTask<AgentRecord?> LoadAsync(AgentId agent, CancellationToken cancellationToken)
        {
            var record = IsDown ? throw new AgentStoreException("The disk is gone.") : await store.LoadAsync(agent, cancellationToken);
            await (Loading?.Task ?? Task.CompletedTask);
            return record;
        }

        public async ValueTask CommitAsync(AgentId agent, AgentCommit commit, CancellationToken cancellationToken)
        {
            if (Writing is { } writing)
            {
                WriteReached.TrySetResult();
                await writing.Task;
            }

            await store.CommitAsync(agent, commit, cancellationToken);
        }

        public ValueTask<IReadOnlyList<AgentId>> ReadDueAsync(DateTimeOffset until, int limit, CancellationToken cancellationToken) =>
            store.ReadDueAsync(until, limit, cancellationToken);

        public ValueTask<IReadOnlyList<AuditEntry>> ReadAuditAsync(AgentId agent, long after, int limit, CancellationToken cancellationToken) =>
            store.ReadAuditAsync(agent, after, limit, cancellationToken);
    }
}
