using Microsoft.Extensions.Time.Testing;
using OrleansAgents.Agents;
using OrleansAgents.DeadLetters;
using OrleansAgents.Messaging;
using OrleansAgents.Patterns;
using OrleansAgents.Testing;
using OrleansAgents.Testing.Faults;
using OrleansAgents.Tests.Testing;

namespace OrleansAgents.Tests.Patterns;

public sealed class SagaTests(TestStores stores) : IClassFixture<TestStores>
{
    private const int Seeds = 8, Sagas = 4;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Saga_ThatGoesThrough_TellsTheRepliesAndCarriesThem()
    {
        await using var cluster = await PatternCluster.StartAsync(Token);
        var ended = await RunAsync(cluster, new RunASaga("a", [Booking("books/1", "a"), Booking("books/2", "x", new SagaCarry("id", "/id"), new SagaCarry("number", "/number"))]));
        Assert.Equal(("a", "tag", SagaOutcome.Completed), (ended.Id, ended.Tag, ended.Outcome));
        Assert.Equal(new Booked("a", 1), ended.Reply<Booked>(1));
        Assert.Null(ended.Failed);
        Assert.Empty(await BookedAsync(cluster, "books/2", "x"));
    }

    [Fact]
    public async Task Saga_WithAStepRefused_TakesBackWhatWasDoneWithItsReply()
    {
        await using var cluster = await PatternCluster.StartAsync(Token);
        await cluster.Client.Agent("books/1").AskAsync(new Book("other"), cancellationToken: Token);
        var ended = await RunAsync(cluster, new RunASaga("a", [Booking("books/1", "a"), Booking("books/2", "a"), Booking("books/full-1", "a")]));
        Assert.Equal((SagaOutcome.Compensated, 2, "ledger.full"), (ended.Outcome, ended.Failed!.Step, ended.Failed.Code));
        var ledger = await cluster.Client.Agent("books/1").AskAsync(new ReadLedger(), cancellationToken: Token);
        Assert.Equal(["a 2"], ledger.Unbooked);
        Assert.Equal(["other"], ledger.Booked.Keys);
        Assert.Empty((await cluster.Client.Agent("books/full-1").AskAsync(new ReadLedger(), cancellationToken: Token)).Unbooked);
    }

    [Fact]
    public async Task Saga_WithAStepThatDoesNotAnswer_TakesThatOneBackToo()
    {
        await using var cluster = await PatternCluster.StartAsync(Token);
        var ended = await RunAsync(cluster, new RunASaga("a", [Booking("books/1", "a"), Booking("books/silent-1", "a") with { Within = TimeSpan.FromMilliseconds(50), Retries = 1 }]));
        Assert.Equal((SagaOutcome.Compensated, RefusalCodes.DeadlineExceeded), (ended.Outcome, ended.Failed!.Code));
        Assert.Equal(["a 0"], (await cluster.Client.Agent("books/silent-1").AskAsync(new ReadLedger(), cancellationToken: Token)).Unbooked);
        var reading = await cluster.Client.Agent("saga/a").AskAsync(new SagaRead(), cancellationToken: Token);
        Assert.All(reading.Steps, step => Assert.Equal(SagaProgress.Compensated, step.Progress));
    }

    [Fact]
    public async Task Step_ThatFails_IsTriedAsOftenAsItSays()
    {
        await using var cluster = await PatternCluster.StartAsync(Token);
        Assert.Equal(SagaOutcome.Compensated, (await RunAsync(cluster, new RunASaga("a", [Booking("books/shaky-1", "a")]))).Outcome);
        await RunAsync(cluster, new RunASaga("b", [Booking("books/shaky-1", "b") with { Retries = 1 }]), 2);
        Assert.Equal(["b"], await BookedAsync(cluster, "books/shaky-1", "b"));
    }

    [Fact]
    public async Task Sequence_WithAStepRefused_StopsThereAndTakesNothingBack()
    {
        await using var cluster = await PatternCluster.StartAsync(Token);
        var ended = await RunAsync(cluster, new RunASaga("a", [SagaStep.Of("books/1", new Book("a")), SagaStep.Of("books/full-1", new Book("a")), SagaStep.Of("books/2", new Book("a"))], IsSequence: true));
        Assert.Equal((SagaOutcome.Failed, 1, "seq"), (ended.Outcome, ended.Failed!.Step, ended.Tag));
        Assert.Equal(["a"], await BookedAsync(cluster, "books/1", "a"));
        Assert.Empty(await BookedAsync(cluster, "books/2", "a"));
    }

    [Fact]
    public async Task Saga_WhoseCompensationFails_IsStuckAndLeavesADeadLetterToReplay()
    {
        await using var cluster = await PatternCluster.StartAsync(Token, retries: 3);
        var ended = await RunAsync(cluster, new RunASaga("a", [Booking("books/1", "a"), Booking("books/broken-1", "a"), Booking("books/full-1", "a")]));
        Assert.Equal(SagaOutcome.Stuck, ended.Outcome);
        Assert.Equal([1], ended.Stuck);
        Assert.Empty(await BookedAsync(cluster, "books/1", "a"));
        LedgerAgent.Repaired.Add("broken-1");
        await cluster.IdleAsync(cancellationToken: Token);
        foreach (var office in DeadLetterAddress.All)
        {
            foreach (var letter in (await cluster.Client.Agent(office).AskAsync(new DeadLetterList(), cancellationToken: Token)).Letters)
            {
                Assert.Equal((RefusalCodes.HandlerFailed, "books/broken-1"), (letter.Code, letter.Recipient));
                await cluster.Client.Agent(office).AskAsync(new DeadLetterReplay(letter.Id), cancellationToken: Token);
            }
        }

        var ledger = await PatternCluster.ReadAsync(cluster, "books/broken-1", new ReadLedger(), l => l.Unbooked.Count > 0, Token);
        Assert.Empty(ledger.Booked);
    }

    [Fact]
    public async Task Saga_Cancelled_TakesBackOnceTheStepHasEnded()
    {
        await using var cluster = await PatternCluster.StartAsync(Token);
        await cluster.Client.Agent("starter/1").TellAsync(new RunASaga("a", [Booking("books/1", "a"), Booking("books/silent-2", "a") with { Within = TimeSpan.FromMilliseconds(400), Retries = 100 }]), cancellationToken: Token);
        await PatternCluster.ReadAsync(cluster, "saga/a", new SagaRead(), r => r.Steps[1].Tries > 0, Token);
        await cluster.Client.Agent("saga/a").TellAsync(new SagaCancel(), cancellationToken: Token);
        var ended = Assert.Single((await PatternCluster.ReadAsync(cluster, "starter/1", new ReadEnds(), e => e.Sagas.Count > 0, Token)).Sagas);
        Assert.Equal(SagaOutcome.Compensated, ended.Outcome);
        Assert.Empty(await BookedAsync(cluster, "books/1", "a"));
    }

    [Fact]
    public async Task Saga_ThatIsFaultyOrThereAlready_IsRefused()
    {
        await using var cluster = await PatternCluster.StartAsync(Token);
        Assert.Equal(RefusalCodes.InvalidPayload, (await cluster.Client.Agent("saga/x").TellAsync(new SagaStart([]), cancellationToken: Token)).Refusal?.Code);
        Assert.True((await cluster.Client.Agent("saga/x").TellAsync(new SagaStart([Booking("books/1", "a")]), cancellationToken: Token)).IsAccepted);
        Assert.Equal("saga.exists", (await cluster.Client.Agent("saga/x").TellAsync(new SagaStart([Booking("books/1", "a")]), cancellationToken: Token)).Refusal?.Code);
        var forged = Envelope.Create("client/x", "saga/x", new PatternDue(2));
        Assert.Equal(RefusalCodes.NotAllowed, (await cluster.Client.SendAsync(forged, cancellationToken: Token)).Refusal?.Code);
        var unknown = await Assert.ThrowsAsync<AgentRefusedException>(async () => await cluster.Client.Agent("saga/y").AskAsync(new SagaRead(), cancellationToken: Token));
        Assert.Equal("saga.unknown", unknown.Code);
    }

    [Fact]
    public async Task Saga_ThatIsOver_ForgetsItselfAfterSevenDays()
    {
        var time = new FakeTimeProvider();
        await using var cluster = await PatternCluster.StartAsync(Token, time: time);
        await cluster.AdvanceUntilAsync(RunAsync(cluster, new RunASaga("a", [Booking("books/1", "a")])));
        await cluster.AdvanceUntilAsync(cluster.RestartAgentAsync("saga/a"));
        time.Advance(TimeSpan.FromDays(6.9));
        Assert.Equal(SagaOutcome.Completed, (await PatternCluster.AdvanceAsync(cluster, cluster.Client.Agent("saga/a").AskAsync(new SagaRead(), cancellationToken: Token).AsTask())).Outcome);
        time.Advance(TimeSpan.FromDays(0.2));
        var forgotten = Task.Run(async () =>
        {
            while (await cluster.Client.Agent("saga/a").TellAsync(new SagaCancel(), cancellationToken: Token) is { Refusal: null })
            {
            }
        }, Token);
        await cluster.AdvanceUntilAsync(forgotten);
        Assert.True((await PatternCluster.AdvanceAsync(cluster, cluster.Client.Agent("saga/a").TellAsync(new SagaStart([Booking("books/1", "a")]), cancellationToken: Token).AsTask())).IsAccepted);
    }

    [Theory, MemberData(nameof(TestStores.Names), MemberType = typeof(TestStores))]
    public Task Effects_UnderRandomFaults_AreAllThereOrAllTakenBack(string store) => stores.OverSeedsAsync(store, Seeds, CheckAsync, Token);

    private static async Task CheckAsync(FaultPlan faults, IAgentStore store, CancellationToken token)
    {
        faults.AddBadWeather();
        faults.Restart("saga/*", When.Chance(0.1)).Restart("books/*", When.Chance(0.03)).Restart("starter/*", When.Chance(0.03));
        await using var cluster = await PatternCluster.StartAsync(token, faults, store: store);
        for (var i = 0; i < Sagas; i++)
        {
            // Every second one cannot go through.
            await PatternCluster.TellAsync(cluster, "starter/1", new RunASaga($"s{i}", [
                Booking("books/0", $"s{i}"), Booking("books/1", $"s{i}"), Booking(i % 2 == 0 ? "books/2" : "books/full-2", $"s{i}")]), token);
        }

        await PatternCluster.ReadAsync(cluster, "starter/1", new ReadEnds(), e => e.Sagas.Count >= Sagas, token);
        faults.Pause();
        await cluster.IdleAsync(TimeSpan.FromSeconds(20), token);
        var ends = await cluster.Client.Agent("starter/1").AskAsync(new ReadEnds(), cancellationToken: token);
        Assert.NotEmpty(faults.Injected);
        Assert.True(
            ends.Sagas.Select(e => $"{e.Id} {e.Outcome}").Order(StringComparer.Ordinal).SequenceEqual(["s0 Completed", "s1 Compensated", "s2 Completed", "s3 Compensated"]),
            $"{string.Join('\n', ends.Sagas)} with {faults}");
        for (var i = 0; i < 3; i++)
        {
            var ledger = await cluster.Client.Agent($"books/{i}").AskAsync(new ReadLedger(), cancellationToken: token);
            Assert.True(
                ledger.Booked.OrderBy(b => b.Key, StringComparer.Ordinal).Select(b => $"{b.Key} {b.Value}").SequenceEqual(["s0 1", "s2 1"]) && ledger.Unbooked.Count == (i < 2 ? 2 : 0),
                $"books/{i}: {string.Join(", ", ledger.Booked)}; {string.Join(", ", ledger.Unbooked)} with {faults}");
        }
    }

    private static SagaStep Booking(AgentId ledger, string id, params IReadOnlyList<SagaCarry> carry) =>
        SagaStep.Of(ledger, new Book(id), carry).CompensatedBy(ledger, new Unbook(id), new SagaCarry("number", "/number"));

    private static async Task<SagaEnded> RunAsync(AgentTestCluster cluster, RunASaga saga, int number = 1)
    {
        await cluster.Client.Agent("starter/1").TellAsync(saga, cancellationToken: Token);
        return (await PatternCluster.ReadAsync(cluster, "starter/1", new ReadEnds(), e => e.Sagas.Count >= number, Token)).Sagas[number - 1];
    }

    private static async Task<IEnumerable<string>> BookedAsync(AgentTestCluster cluster, AgentId ledger, string id) =>
        (await cluster.Client.Agent(ledger).AskAsync(new ReadLedger(), cancellationToken: Token)).Booked.Keys.Where(k => k == id);
}
