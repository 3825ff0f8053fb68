using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Testing;
using OrleansAgents.Testing.Faults;
using OrleansAgents.Tests.Testing;

namespace OrleansAgents.Tests.Messaging;

/// <summary>Questions that no turn waits for: their answers come once, whatever goes wrong.</summary>
public sealed class QuestionTests(TestStores stores) : IClassFixture<TestStores>
{
    private const int Seeds = 12, Polls = 5, Voters = 6;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answers_OfSeveralAgents_ComeTogetherInTheConversation()
    {
        await using var cluster = await StartAsync();
        await cluster.Client.Agent("pollster/1").TellAsync(new Poll("a", 3), new SendOptions { ConversationId = "c1" }, Token);
        var result = Assert.Single(await ResultsAsync(cluster, 1, Token));
        Assert.Equal(("a", 3, "c1"), (result.Name, result.Weight, result.Conversation));
        Assert.Empty(result.Codes);
    }

    [Fact]
    public async Task Answers_OfNobody_ComeAtOnce()
    {
        await using var cluster = await StartAsync();
        await cluster.Client.Agent("pollster/1").TellAsync(new Poll("a", 0), cancellationToken: Token);
        Assert.Equal(0, Assert.Single(await ResultsAsync(cluster, 1, Token)).Weight);
    }

    [Fact]
    public async Task Answers_OfAgentsThatRefuse_SayWhy()
    {
        await using var cluster = await StartAsync();
        await cluster.Client.Agent("pollster/1").TellAsync(new Poll("a", 1, VoterKind: "nobody"), cancellationToken: Token);
        Assert.Equal([RefusalCodes.UnknownKind], Assert.Single(await ResultsAsync(cluster, 1, Token)).Codes);
    }

    [Fact]
    public async Task Question_WithEnoughAnswers_StopsTheOthers()
    {
        SilentVoterAgent.Stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var cluster = await StartAsync();
        await cluster.Client.Agent("pollster/1").TellAsync(new Poll("a", 2, WithinMs: 1_000, VoterKind: "silent-voter"), cancellationToken: Token);
        Assert.Equal([RefusalCodes.DeadlineExceeded, RefusalCodes.DeadlineExceeded], Assert.Single(await ResultsAsync(cluster, 1, Token)).Codes);
        await SilentVoterAgent.Stopped.Task.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, Token);
        await cluster.Client.Agent("pollster/1").TellAsync(new Poll("b", 3, Enough: 2), cancellationToken: Token);
        var result = (await ResultsAsync(cluster, 2, Token))[1];
        Assert.True(result.Weight >= 2, result.ToString());
        Assert.All(result.Codes, code => Assert.Equal(RefusalCodes.Cancelled, code));
    }

    [Fact]
    public async Task Question_WhoseTimeIsOver_SendsNoWordThatWouldEndTheSameMessageAskedAgain()
    {
        SilentVoterAgent.Stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var words = new StopWords();
        await using var cluster = await StartAsync(configure: silo => silo.AddOutgoingGrainCallFilter(words));
        await cluster.Client.Agent("pollster/1").TellAsync(new Poll("a", 2, WithinMs: 100, VoterKind: "silent-voter"), cancellationToken: Token);
        Assert.Equal([RefusalCodes.DeadlineExceeded, RefusalCodes.DeadlineExceeded], Assert.Single(await ResultsAsync(cluster, 1, Token)).Codes);
        // Its own deadline does.
        await SilentVoterAgent.Stopped.Task.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, Token);
        Assert.Empty(words.To);
        // One that is withdrawn in time has them stop, or this would test nothing.
        await cluster.Client.Agent("pollster/1").TellAsync(new Poll("b", 1, VoterKind: "silent-voter"), cancellationToken: Token);
        await cluster.Client.Agent("pollster/1").TellAsync(new WithdrawPoll("b"), cancellationToken: Token);
        await cluster.IdleAsync(cancellationToken: Token);
        Assert.Equal(["silent-voter/b-0"], words.To);
    }

    [Fact]
    public async Task Question_Withdrawn_HasNoAnswers()
    {
        await using var cluster = await StartAsync();
        await cluster.Client.Agent("pollster/1").TellAsync(new Poll("a", 1, VoterKind: "silent-voter"), cancellationToken: Token);
        await cluster.Client.Agent("pollster/1").TellAsync(new WithdrawPoll("a"), cancellationToken: Token);
        await cluster.RestartAgentAsync("pollster/1");
        await cluster.Client.Agent("pollster/1").TellAsync(new Poll("b", 1), cancellationToken: Token);
        Assert.Equal("b", Assert.Single(await ResultsAsync(cluster, 1, Token)).Name);
    }

    [Fact]
    public async Task Question_WithdrawnWhileItIsLost_IsNotUnderWay()
    {
        var faults = new FaultPlan(1);
        faults.Link("pollster/*", "voter/*").DropRequest(When.Always);
        await using var cluster = await StartAsync(faults);
        await cluster.Client.Agent("pollster/1").TellAsync(new Poll("a", 2), cancellationToken: Token);
        await cluster.Client.Agent("pollster/1").TellAsync(new WithdrawPoll("a"), cancellationToken: Token);
        await cluster.IdleAsync(cancellationToken: Token);
        Assert.Empty(await ResultsAsync(cluster, 0, Token));
    }

    [Fact]
    public async Task Answers_FromSomebodyElse_AreRefused()
    {
        await using var cluster = await StartAsync();
        var forged = Envelope.Create("client/x", "pollster/1", new Answers(Guid.NewGuid(), "forged", []));
        Assert.Equal(RefusalCodes.NotAllowed, (await cluster.Client.SendAsync(forged, cancellationToken: Token)).Refusal?.Code);
    }

    [Fact]
    public async Task Asking_WithoutAHandlerForAnswers_FailsTheTurn()
    {
        await using var cluster = await StartAsync();
        await Assert.ThrowsAsync<AgentFailedException>(async () => await cluster.Client.Agent("deaf/1").AskAsync(new Vote("a"), cancellationToken: Token));
    }

    [Fact]
    public async Task Question_OfAnAgentThatCrashes_IsAnsweredByItsNextActivation()
    {
        await using var cluster = await StartAsync();
        await cluster.Client.Agent("pollster/1").TellAsync(new Poll("a", 2, WithinMs: 60_000, VoterKind: "late-voter"), cancellationToken: Token);
        await cluster.RestartAgentAsync("pollster/1");
        // Nobody writes to it: the store has it woken.
        cluster.Services.GetRequiredService<VotingGate>().Opened.SetResult();
        Assert.Equal(2, Assert.Single(await ResultsAsync(cluster, 1, Token)).Weight);
    }

    [Theory, MemberData(nameof(TestStores.Names), MemberType = typeof(TestStores))]
    public Task Answers_UnderRandomFaults_ComeExactlyOnceAndEachVoteCountsOnce(string store) => stores.OverSeedsAsync(store, Seeds, CheckAsync, Token);

    private static async Task CheckAsync(FaultPlan faults, IAgentStore store, CancellationToken token)
    {
        faults.Link().DropRequest(When.Chance(0.04)).DropReply(When.Chance(0.04)).Duplicate(When.Chance(0.08))
            .Delay(When.Chance(0.05), TimeSpan.FromMilliseconds(5));
        faults.Commits().FailBefore(When.Chance(0.04)).FailAfter(When.Chance(0.04));
        faults.Restart("pollster/*", When.Chance(0.1)).Restart("voter/*", When.Chance(0.03));
        await using var cluster = await StartAsync(faults, store);
        for (var i = 0; i < Polls; i++)
        {
            await TellAsync(cluster, "pollster/1", new Poll($"p{i}", Voters), token);
        }

        var results = await ResultsAsync(cluster, Polls, token);
        faults.Pause();
        await cluster.IdleAsync(TimeSpan.FromSeconds(20), token);
        results = await ResultsAsync(cluster, Polls, token);
        Assert.NotEmpty(faults.Injected);
        Assert.True(
            results.Select(r => r.Name).Order(StringComparer.Ordinal).SequenceEqual(Enumerable.Range(0, Polls).Select(i => $"p{i}"))
            && results.All(r => r.Weight == Voters && r.Codes.Count == 0),
            $"{string.Join('\n', results)} with {faults}");
    }

    private static Task<AgentTestCluster> StartAsync(FaultPlan? faults = null, IAgentStore? store = null, Action<ISiloBuilder>? configure = null) => AgentTestCluster.StartAsync(options =>
    {
        options.ConfigureSilo(configure ?? (_ => { }));
        (options.Faults, options.Store) = (faults, store);
        options.AddAgent<PollsterAgent>().AddAgent<VoterAgent>().AddAgent<SilentVoterAgent>().AddAgent<DeafAgent>()
            .AddAgent<LateVoterAgent>().ConfigureSilo(silo => silo.Services.AddSingleton<VotingGate>()).ConfigureAgents(agents =>
            {
                agents.Delivery.MaxRetries = 1000;
                agents.Delivery.FirstDelay = TimeSpan.FromMilliseconds(1);
                agents.Delivery.LongestDelay = TimeSpan.FromMilliseconds(20);
                agents.WakePeriod = TimeSpan.FromMilliseconds(20);
                agents.WakeAfter = TimeSpan.FromMilliseconds(200);
            });
    }, Token);

    private static async Task TellAsync<TMessage>(AgentTestCluster cluster, AgentId to, TMessage message, CancellationToken token)
        where TMessage : notnull
    {
        var envelope = Envelope.Create("client/test", to, message);
        while (true)
        {
            try
            {
                if ((await cluster.Client.SendAsync(envelope, new SendOptions { Timeout = TimeSpan.FromSeconds(5) }, token)).Refusal is null)
                {
                    return;
                }
            }
            catch (AgentTimeoutException)
            {
                // The outcome is unknown, which is what the id is for.
            }
        }
    }

    private static async Task<IReadOnlyList<PollResult>> ResultsAsync(AgentTestCluster cluster, int count, CancellationToken token)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(token);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            try
            {
                var results = await cluster.Client.Agent("pollster/1").AskAsync(new ReadPolls(), cancellationToken: patience.Token);
                if (results.Results.Count >= count)
                {
                    return results.Results;
                }
            }
            catch (AgentException)
            {
                // A query meets the faults too.
                patience.Token.ThrowIfCancellationRequested();
            }
        }
    }
}

/// <summary>Notes which agents were told to stop with a message.</summary>
internal sealed class StopWords : IOutgoingGrainCallFilter
{
    public ConcurrentQueue<string> To { get; } = [];

    public Task Invoke(IOutgoingGrainCallContext context)
    {
        if (context.MethodName == nameof(IAgentGrain.CancelAsync))
        {
            To.Enqueue(context.TargetId.ToString());
        }

        return context.Invoke();
    }
}
