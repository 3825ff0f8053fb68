using Microsoft.Extensions.Time.Testing;
using OrleansAgents.Agents;
using OrleansAgents.Hosting;
using OrleansAgents.Intelligence;
using OrleansAgents.Messaging;
using OrleansAgents.Testing;
using OrleansAgents.Testing.Faults;
using OrleansAgents.Tests.Patterns;
using OrleansAgents.Tests.Testing;

namespace OrleansAgents.Tests.Intelligence;

public sealed class BudgetTests(TestStores stores) : IClassFixture<TestStores>
{
    private const int Seeds = 6, Spenders = 8;

    private static readonly AgentId Anna = BudgetAddress.OfAgent("writer/anna");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reserve_BeyondTheLimit_IsRefusedUntilThereIsRoom()
    {
        var time = new FakeTimeProvider();
        await using var cluster = await StartAsync(time: time);
        var budget = cluster.Client.Agent(Anna);
        var reserved = await budget.AskAsync(new BudgetReserve(new Spending(Tokens: 90, Calls: 1)), cancellationToken: Token);
        var refused = (await Assert.ThrowsAsync<AgentRefusedException>(() => Reserve(20).AsTask())).Refusal;
        Assert.Equal(BudgetCodes.OverBudget, refused.Code);
        Assert.Contains("'hourly'", refused.Message, StringComparison.Ordinal);
        Assert.True(refused.RetryAfterMs > 0);
        await budget.TellAsync(new BudgetSettle(reserved.Reservation, new Spending(Tokens: 10, Calls: 1)), cancellationToken: Token);
        await Reserve(20);
        var reading = await budget.AskAsync(new BudgetRead(), cancellationToken: Token);
        Assert.Equal((10, 20, 100L), (reading.Total.Tokens, reading.Reserved.Tokens, Assert.Single(reading.Limits).MaxTokens));

        ValueTask<BudgetReserved> Reserve(long tokens) => budget.AskAsync(new BudgetReserve(new Spending(Tokens: tokens)), cancellationToken: Token);
    }

    [Fact]
    public async Task Reserve_UnderTheSameId_SetsAsideOnce()
    {
        await using var cluster = await StartAsync();
        var options = new SendOptions { Id = MessageId.New() };
        var request = new BudgetReserve(new Spending(Tokens: 60));
        var first = await cluster.Client.Agent(Anna).AskAsync(request, options, Token);
        await cluster.RestartAgentAsync(Anna);
        Assert.Equal(first, await cluster.Client.Agent(Anna).AskAsync(request, options, Token));
        Assert.Equal(options.Id, new MessageId(first.Reservation));
        Assert.Equal(60, (await ReadAsync(cluster)).Reserved.Tokens);
    }

    [Fact]
    public async Task Reservation_WhoseSpenderDied_CountsAsSpentWhenItExpires()
    {
        var time = new FakeTimeProvider();
        await using var cluster = await StartAsync(time: time);
        await cluster.Client.Agent(Anna).AskAsync(new BudgetReserve(new Spending(Tokens: 60), TimeSpan.FromMinutes(5)), cancellationToken: Token);
        await cluster.RestartAgentAsync(Anna);
        time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1));
        Assert.Equal((0, 60), Show(await ReadAsync(cluster)));
        time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal((60, 0), Show(await ReadAsync(cluster)));
        await Assert.ThrowsAsync<AgentRefusedException>(() => cluster.Client.Agent(Anna).AskAsync(new BudgetReserve(new Spending(Tokens: 60)), cancellationToken: Token).AsTask());
    }

    [Fact]
    public async Task Budget_OfNobody_OrOfAmountsBelowZero_IsRefused()
    {
        await using var cluster = await StartAsync();
        Assert.Equal(BudgetCodes.BadSubject, await RefuseAsync("budget/anna", new BudgetReserve(Spending.None)));
        Assert.Equal(BudgetCodes.BadAmount, await RefuseAsync(Anna, new BudgetReserve(new Spending(Calls: -1))));
        Assert.Equal(BudgetCodes.BadAmount, await RefuseAsync(Anna, new BudgetReserve(Spending.None, TimeSpan.FromDays(2))));

        async Task<string> RefuseAsync(AgentId budget, BudgetReserve request) =>
            (await Assert.ThrowsAsync<AgentRefusedException>(() => cluster.Client.Agent(budget).AskAsync(request, cancellationToken: Token).AsTask())).Code;
    }

    [Fact]
    public async Task Agent_ThatNamesNoModel_GetsTheOfflineOneWhereNoneIsSet()
    {
        await using var cluster = await StartAsync();
        Assert.Equal("This is the offline model, which does not think. You said: life", await cluster.Client.Agent("spender/a").AskAsync(new Think("life"), cancellationToken: Token));
    }

    [Theory, MemberData(nameof(TestStores.Names), MemberType = typeof(TestStores))]
    public Task Spending_UnderRandomFaults_IsCountedOnce(string store) => stores.OverSeedsAsync(store, Seeds, CheckAsync, Token);

    private static async Task CheckAsync(FaultPlan faults, IAgentStore store, CancellationToken token)
    {
        faults.AddBadWeather();
        faults.Restart("budget/*", When.Chance(0.1)).Restart("spender/*", When.Chance(0.05));
        await using var cluster = await StartAsync(faults, limit: 100_000, store: store);
        await Task.WhenAll(Enumerable.Range(0, Spenders).Select(i => PatternCluster.TellAsync(cluster, $"spender/{i}", new Spend(Anna.ToString(), 50), token)));
        await PatternCluster.ReadAsync(cluster, Anna, new BudgetRead(), r => r.Total.Calls == Spenders, token);
        faults.Pause();
        await cluster.IdleAsync(TimeSpan.FromSeconds(20), token);
        var reading = await cluster.Client.Agent(Anna).AskAsync(new BudgetRead(), cancellationToken: token);
        Assert.NotEmpty(faults.Injected);
        Assert.True(reading.Total == new Spending(Tokens: 3 * Spenders, Calls: Spenders) && reading.Reserved == Spending.None, $"{reading} with {faults}");
    }

    private static Task<AgentTestCluster> StartAsync(FaultPlan? faults = null, FakeTimeProvider? time = null, long limit = 100, IAgentStore? store = null) => AgentTestCluster.StartAsync(options =>
    {
        (options.Faults, options.Store, options.Time, options.Patience) = (faults, store, time, TimeSpan.FromSeconds(20));
        options.AddAgent<SpenderAgent>()
            .ConfigureSilo(silo => silo.WithSpendingLimits(limits => limits.Limits["hourly"] = new SpendingLimit { Tokens = limit, Window = TimeSpan.FromHours(1) }))
            .ConfigureAgents(agents =>
            {
                agents.Delivery.MaxRetries = 1000;
                agents.Delivery.FirstDelay = TimeSpan.FromMilliseconds(1);
                agents.Delivery.LongestDelay = TimeSpan.FromMilliseconds(20);
                agents.WakePeriod = TimeSpan.FromMilliseconds(20);
                agents.WakeAfter = TimeSpan.FromMilliseconds(200);
            });
    }, Token);

    private static async Task<BudgetReading> ReadAsync(AgentTestCluster cluster) => await cluster.Client.Agent(Anna).AskAsync(new BudgetRead(), cancellationToken: Token);

    private static (long Spent, long Reserved) Show(BudgetReading reading) => (reading.Total.Tokens, reading.Reserved.Tokens);
}
