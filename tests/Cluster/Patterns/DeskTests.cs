using Microsoft.Extensions.Time.Testing;
using OrleansAgents.Agents;
using OrleansAgents.DeadLetters;
using OrleansAgents.Messaging;
using OrleansAgents.Patterns;
using OrleansAgents.Testing;
using OrleansAgents.Testing.Faults;
using OrleansAgents.Tests.Testing;

namespace OrleansAgents.Tests.Patterns;

public sealed class DeskTests(TestStores stores) : IClassFixture<TestStores>
{
    private const int Seeds = 8, Messages = 16;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Message_ToADesk_ReachesTheOwnerWithItsSenderInTheConversation()
    {
        await using var cluster = await OpenAsync("clerk/a-0");
        await cluster.Client.Agent("desk/d").TellAsync(new Say(1), cancellationToken: Token);
        var heard = await PatternCluster.ReadAsync(cluster, "clerk/a-0", new ReadHeard(), h => h.Lines.Count == 2, Token);
        Assert.Equal(["welcome from nobody after 0", "1 of client/test in d"], heard.Lines);
        var reading = await PatternCluster.ReadAsync(cluster, "desk/d", new DeskRead(), r => r.Given == 1, Token);
        Assert.Equal(("clerk/a-0", true, 0), (reading.Owner, reading.IsOpen, reading.Waiting));
    }

    [Fact]
    public async Task HandOff_InATurnThatAnswers_TakesEffectWithIt()
    {
        await using var cluster = await OpenAsync("clerk/a-0");
        await cluster.Client.Agent("desk/d").TellAsync(new AskClerk(3), cancellationToken: Token);
        await cluster.Client.Agent("desk/d").TellAsync(new Say(4), cancellationToken: Token);
        var heard = await PatternCluster.ReadAsync(cluster, "clerk/a-1", new ReadHeard(), h => h.Lines.Count == 2, Token);
        Assert.Equal(["note 3 from clerk/a-0 after 1", "4 of client/test in d"], heard.Lines);
        var reading = await cluster.Client.Agent("desk/d").AskAsync(new DeskRead(), cancellationToken: Token);
        Assert.Equal(["clerk/a-0", "clerk/a-1"], reading.Owners.Select(o => o.Agent));
    }

    [Fact]
    public async Task HandOff_ToOneThatWillNotHaveIt_ComesBack()
    {
        await using var cluster = await OpenAsync("clerk/a-0");
        var handOff = Envelope.Create("clerk/a-0", "desk/d", new DeskHandOff("clerk/rude-0", "please"));
        Assert.Null((await cluster.Client.SendAsync(handOff, cancellationToken: Token)).Refusal);
        await cluster.Client.Agent("desk/d").TellAsync(new Say(1), cancellationToken: Token);
        var heard = await PatternCluster.ReadAsync(cluster, "clerk/a-0", new ReadHeard(), h => h.Lines.Count == 3, Token);
        Assert.Equal(["please from clerk/rude-0 after 0 returned", "1 of client/test in d"], heard.Lines.Skip(1));
        var reading = await cluster.Client.Agent("desk/d").AskAsync(new DeskRead(), cancellationToken: Token);
        Assert.Equal([null, "clerk.busy", null], reading.Owners.Select(o => o.Refused));
    }

    [Fact]
    public async Task Desk_AskedByAStranger_StaysWithItsOwner()
    {
        await using var cluster = await OpenAsync("clerk/a-0");
        Assert.Equal("desk.not-owner", (await cluster.Client.Agent("desk/d").TellAsync(new DeskHandOff("clerk/b-0"), cancellationToken: Token)).Refusal?.Code);
        Assert.Equal("desk.not-owner", (await cluster.Client.Agent("desk/d").TellAsync(new DeskClose(), cancellationToken: Token)).Refusal?.Code);
        Assert.Equal("desk.unknown", (await cluster.Client.Agent("desk/e").TellAsync(new Say(1), cancellationToken: Token)).Refusal?.Code);
        Assert.Equal("desk.exists", (await cluster.Client.Agent("desk/d").TellAsync(new DeskOpen("clerk/b-0"), cancellationToken: Token)).Refusal?.Code);
    }

    [Fact]
    public async Task HandOff_WithoutADesk_FailsTheTurn()
    {
        await using var cluster = await PatternCluster.StartAsync(Token);
        Assert.Equal(RefusalCodes.HandlerFailed, (await cluster.Client.Agent("clerk/a-0").TellAsync(new Say(3), cancellationToken: Token)).Refusal?.Code);
    }

    [Fact]
    public async Task Message_ThatTheOwnerRefuses_IsADeadLetterAndTheNextFollows()
    {
        await using var cluster = await OpenAsync("clerk/a-0");
        await cluster.Client.Agent("desk/d").TellAsync(new Tick("unknown to clerks"), cancellationToken: Token);
        await cluster.Client.Agent("desk/d").TellAsync(new Say(1), cancellationToken: Token);
        await PatternCluster.ReadAsync(cluster, "clerk/a-0", new ReadHeard(), h => h.Lines.Count == 2, Token);
        await cluster.IdleAsync(cancellationToken: Token);
        var letters = 0;
        foreach (var office in DeadLetterAddress.All)
        {
            letters += (await cluster.Client.Agent(office).AskAsync(new DeadLetterList(Code: RefusalCodes.UnknownContract, Recipient: "desk"), cancellationToken: Token)).Total;
        }

        Assert.Equal(1, letters);
    }

    [Fact]
    public async Task Desk_Closed_GivesWhatCameBeforeAndForgetsItself()
    {
        var time = new FakeTimeProvider();
        await using var cluster = await PatternCluster.StartAsync(Token, time: time);
        await cluster.Client.Agent("desk/d").TellAsync(new DeskOpen("clerk/a-0"), cancellationToken: Token);
        await cluster.Client.Agent("desk/d").TellAsync(new Say(1), cancellationToken: Token);
        await cluster.Client.Agent("desk/d").TellAsync(new DeskClose(), cancellationToken: Token);
        Assert.Equal("desk.closed", (await PatternCluster.AdvanceAsync(cluster, cluster.Client.Agent("desk/d").TellAsync(new Say(2), cancellationToken: Token).AsTask())).Refusal?.Code);
        await PatternCluster.AdvanceAsync(cluster, PatternCluster.ReadAsync(cluster, "clerk/a-0", new ReadHeard(), h => h.Lines.Count == 2, Token));
        await PatternCluster.AdvanceAsync(cluster, PatternCluster.ReadAsync(cluster, "desk/d", new DeskRead(), r => r.Given == 1, Token));
        time.Advance(TimeSpan.FromDays(8));
        var forgotten = Task.Run(async () =>
        {
            while ((await cluster.Client.Agent("desk/d").TellAsync(new Say(3), cancellationToken: Token)).Refusal?.Code != "desk.unknown")
            {
            }
        }, Token);
        await cluster.AdvanceUntilAsync(forgotten);
    }

    [Theory, MemberData(nameof(TestStores.Names), MemberType = typeof(TestStores))]
    public Task Messages_UnderRandomFaults_ReachOneOwnerEachInOrder(string store) => stores.OverSeedsAsync(store, Seeds, CheckAsync, Token);

    private static async Task CheckAsync(FaultPlan faults, IAgentStore store, CancellationToken token)
    {
        faults.AddBadWeather();
        faults.Restart("desk/*", When.Chance(0.1)).Restart("clerk/*", When.Chance(0.05));
        await using var cluster = await PatternCluster.StartAsync(token, faults, store: store);
        await PatternCluster.TellAsync(cluster, "starter/1", new OpenADesk("d", "clerk/a-0"), token);
        await PatternCluster.ReadAsync(cluster, "desk/d", new DeskRead(), _ => true, token);
        for (var i = 0; i < Messages; i++)
        {
            await PatternCluster.TellAsync(cluster, "desk/d", new Say(i), token);
        }

        await PatternCluster.ReadAsync(cluster, "desk/d", new DeskRead(), r => r is { Given: Messages, Waiting: 0 }, token);
        faults.Pause();
        await cluster.IdleAsync(TimeSpan.FromSeconds(20), token);
        Assert.NotEmpty(faults.Injected);
        for (var clerk = 0; clerk < 3; clerk++)
        {
            var heard = await cluster.Client.Agent($"clerk/a-{clerk}").AskAsync(new ReadHeard(), cancellationToken: token);
            Assert.True(heard.Lines.SequenceEqual(Expected(clerk)), $"clerk/a-{clerk}: {string.Join("; ", heard.Lines)} with {faults}");
        }
    }

    /// <summary>Four messages each in turn, and the note before them.</summary>
    private static IEnumerable<string> Expected(int clerk)
    {
        for (var first = 4 * clerk; first <= Messages; first += 12)
        {
            yield return first == 0 ? "welcome from nobody after 0" : $"note {first - 1} from clerk/a-{(clerk + 2) % 3} after {first}";
            for (var i = first; i < Math.Min(first + 4, Messages); i++)
            {
                yield return $"{i} of client/test in d";
            }
        }
    }

    private static async Task<AgentTestCluster> OpenAsync(string owner)
    {
        var cluster = await PatternCluster.StartAsync(Token);
        await cluster.Client.Agent("starter/1").TellAsync(new OpenADesk("d", owner), cancellationToken: Token);
        await PatternCluster.ReadAsync(cluster, "desk/d", new DeskRead(), _ => true, Token);
        return cluster;
    }
}
