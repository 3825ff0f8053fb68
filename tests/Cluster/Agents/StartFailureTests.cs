using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using OrleansAgents.Agents;
using OrleansAgents.Hosting;
using OrleansAgents.Memory;
using OrleansAgents.Messaging;
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
    public async Task Load_WithoutAStore_RefusesAndTheLogNamesTheRemedy()
    {
        var logs = new FakeLogCollector();
        var builder = new Orleans.TestingHost.InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddAgents().AddAgent<AccountAgent>().AddAgent<GreeterAgent>();
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

        public ValueTask<AgentRecord?> LoadAsync(AgentId agent, CancellationToken cancellationToken) =>
            IsDown ? throw new AgentStoreException("The disk is gone.") : store.LoadAsync(agent, cancellationToken);

        public ValueTask CommitAsync(AgentId agent, AgentCommit commit, CancellationToken cancellationToken) => store.CommitAsync(agent, commit, cancellationToken);

        public ValueTask<IReadOnlyList<AgentId>> ReadDueAsync(DateTimeOffset until, int limit, CancellationToken cancellationToken) =>
            store.ReadDueAsync(until, limit, cancellationToken);
    }
}
