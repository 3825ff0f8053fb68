using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.DeadLetters;
using OrleansAgents.Messaging;
using OrleansAgents.Tests.Agents;

namespace OrleansAgents.Tests.DeadLetters;

public sealed class DeadLetterTests(DurableCluster cluster) : IClassFixture<DurableCluster>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tell_NobodyTakes_IsKeptAndReplayedUnderItsOwnId()
    {
        Picky.Refuses["replay"] = true;
        await cluster.Client.Agent("account/teller").AskAsync(new TellOn("picky/replay", 3), cancellationToken: Token);
        var letter = await WaitForAsync(new DeadLetterList(Recipient: "picky/replay", Type: "test.add"));
        Assert.Equal(("picky.no", "account/teller", "picky/replay"), (letter.Code, letter.Sender, letter.Recipient));
        Assert.Equal(1, letter.Attempts);

        var office = cluster.Client.Agent(DeadLetterAddress.For(new MessageId(letter.Id)));
        var whole = await office.AskAsync(new DeadLetterShow(letter.Id), cancellationToken: Token);
        Assert.Equal(3, JsonElement.Parse(whole.Envelope).GetProperty("payload").GetProperty("amount").GetInt32());

        Picky.Refuses["replay"] = false;
        Assert.True((await office.AskAsync(new DeadLetterReplay(letter.Id), cancellationToken: Token)).Found);
        await Gates.Entered("picky/replay took 3").Task.WaitAsync(Token);
        // A second replay finds nothing, and a message handled already would be a duplicate.
        Assert.False((await office.AskAsync(new DeadLetterReplay(letter.Id), cancellationToken: Token)).Found);
        var again = await cluster.Client.Agent("picky/replay").TellAsync(new Add(3), new SendOptions { Id = new MessageId(letter.Message) }, Token);
        Assert.Equal(Outcome.Duplicate, again.Outcome);
    }

    [Fact]
    public async Task Tell_WhoseHandlerAlwaysFails_IsTriedSeveralTimesAndHoldsNobodyUp()
    {
        await cluster.Client.Agent("account/poison").AskAsync(new TellTwo("picky/poison", -1, 4), cancellationToken: Token);
        await Gates.Entered("picky/poison took 4").Task.WaitAsync(Token);
        var letter = await WaitForAsync(new DeadLetterList(Recipient: "picky/poison"));
        Assert.Equal((RefusalCodes.HandlerFailed, 3), (letter.Code, letter.Attempts));
    }

    [Fact]
    public async Task Letters_AfterACrash_AreStillThereAndCanBeDropped()
    {
        Picky.Refuses["kept"] = true;
        await cluster.Client.Agent("account/keeper").AskAsync(new TellOn("picky/kept", 5), cancellationToken: Token);
        var filter = new DeadLetterList(Recipient: "picky/kept", Type: "test.add");
        var letter = await WaitForAsync(filter);
        await cluster.RestartAsync();
        Assert.Equal(letter, await WaitForAsync(filter));
        var office = cluster.Client.Agent(DeadLetterAddress.For(new MessageId(letter.Id)));
        Assert.True((await office.AskAsync(new DeadLetterDrop(letter.Id), cancellationToken: Token)).Found);
        Assert.Empty((await office.AskAsync(filter, cancellationToken: Token)).Letters);
        var unknown = await Assert.ThrowsAsync<AgentRefusedException>(async () =>
            await office.AskAsync(new DeadLetterShow(letter.Id), cancellationToken: Token));
        Assert.Equal("dead-letter.unknown", unknown.Code);
    }

    [Fact]
    public async Task Tell_OfWhatCannotBeWritten_IsNoLetterAndHoldsNobodyUp()
    {
        await cluster.Client.Agent("careless/a").TellAsync(new TellOn("picky/after", 6), cancellationToken: Token);
        await Gates.Entered("picky/after took 6").Task.WaitAsync(Token);
        foreach (var office in DeadLetterAddress.All)
        {
            Assert.Empty((await cluster.Client.Agent(office).AskAsync(new DeadLetterList(Recipient: "picky/after"), cancellationToken: Token)).Letters);
        }
    }

    private async Task<DeadLetterEntry> WaitForAsync(DeadLetterList filter)
    {
        while (true)
        {
            foreach (var office in DeadLetterAddress.All)
            {
                var page = await cluster.Client.Agent(office).AskAsync(filter, cancellationToken: Token);
                if (page.Letters.Count > 0)
                {
                    return page.Letters[0];
                }
            }
        }
    }
}

[Contract("test.tell-two")]
public sealed record TellTwo(string To, int First, int Second) : IRequest<Total>;

[Agent("picky")]
internal sealed class Picky : Agent<AccountState>, IHandle<Add>, IHandle<Note>
{
    public static readonly System.Collections.Concurrent.ConcurrentDictionary<string, bool> Refuses = new(StringComparer.Ordinal);

    public ValueTask HandleAsync(Add message, AgentContext context, CancellationToken cancellationToken)
    {
        if (Refuses.GetValueOrDefault(Id.Key))
        {
            throw new AgentRefusedException("picky.no", "Not now.");
        }

        if (message.Amount < 0)
        {
            throw new InvalidOperationException("It always fails on this.");
        }

        State.Total += message.Amount;
        Gates.Entered($"{Id} took {message.Amount}").TrySetResult();
        return default;
    }

    public ValueTask HandleAsync(Note message, AgentContext context, CancellationToken cancellationToken) => default;
}

/// <summary>A record that is none in JSON.</summary>
[Contract("test.unwritable")]
public sealed record Unwritable
{
    public string Text => throw new InvalidOperationException("It cannot be read.");
}

/// <summary>Volatile, so that what it tells need not be JSON.</summary>
[Agent("careless")]
internal sealed class CarelessAgent : Agent, IHandle<TellOn, Total>
{
    public ValueTask<Total> HandleAsync(TellOn request, AgentContext context, CancellationToken cancellationToken)
    {
        context.Tell(request.To, new Unwritable());
        context.Tell(request.To, new Add(request.Amount));
        return new(new Total(0));
    }
}
