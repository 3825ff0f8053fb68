using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.DeadLetters;
using OrleansAgents.Messaging;
using OrleansAgents.Tests.Agents;

namespace OrleansAgents.Tests.DeadLetters;

/// <summary>Letters of messages that are as deep or as large as a message may be, or worse.</summary>
public sealed class ExtremeLetterTests(DurableCluster cluster) : IClassFixture<DurableCluster>
{
    private static readonly int PayloadLimit = new MessageLimits().PayloadBytes;

    /// <summary>By the name of the recipient; the passer takes its payload from here, for none of these passes its gate.</summary>
    internal static readonly ConcurrentDictionary<string, string> Payloads = new(StringComparer.Ordinal)
    {
        ["deep"] = Nested(PayloadJson.MaxDepth),
        ["large"] = Text(new string('x', PayloadLimit - Text("").Length)),
        ["quoted"] = Text(string.Concat(Enumerable.Repeat("\\\"", (PayloadLimit - Text("").Length) / 2))),
        ["deeper"] = Nested(200),
        ["half-pair"] = Text("\\ud800"),
        ["too-large"] = Text(new string('x', PayloadLimit)),
        ["no-json"] = "{nonsense",
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("deep")]
    [InlineData("large")]
    [InlineData("quoted")]
    [InlineData("deeper")]
    [InlineData("half-pair")]
    public async Task Letter_OfAnExtremeMessage_IsKeptListedShownAndReplayed(string name)
    {
        var (recipient, payload) = (new AgentId("taker", name), Payloads[name]);
        await TellAsync(recipient);
        var letter = await FindAsync(recipient);
        Assert.Equal(("taker.no", "test.extreme"), (letter.Code, letter.Type));

        await cluster.RestartAsync();
        var office = cluster.Client.Agent(DeadLetterAddress.For(new MessageId(letter.Id)));
        var whole = await office.AskAsync(new DeadLetterShow(letter.Id), cancellationToken: Token);
        using var message = JsonDocument.Parse(whole.Envelope, new JsonDocumentOptions { MaxDepth = 1000 });
        Assert.Equal(payload, message.RootElement.GetProperty("payload").GetRawText());

        TakerAgent.Takes[name] = true;
        Assert.True((await office.AskAsync(new DeadLetterReplay(letter.Id), cancellationToken: Token)).Found);
        await Gates.Entered($"taken {name}").Task.WaitAsync(Token);
        Assert.Equal(payload, TakerAgent.Taken[name]);
    }

    [Fact]
    public async Task Letter_OfAMessageAboveTheLimit_IsReplayedForItsRecipientToJudge()
    {
        var recipient = new AgentId("taker", "too-large");
        await TellAsync(recipient);
        var letter = await FindAsync(recipient);
        Assert.Equal(RefusalCodes.TooLarge, letter.Code);

        Assert.True((await cluster.Client.Agent(DeadLetterAddress.For(new MessageId(letter.Id))).AskAsync(new DeadLetterReplay(letter.Id), cancellationToken: Token)).Found);
        var again = await FindAsync(recipient, except: letter.Id);
        Assert.Equal((RefusalCodes.TooLarge, letter.Message), (again.Code, again.Message));
    }

    [Fact]
    public async Task Tell_OfWhatIsNoJson_RefusesTheTurnAndStoresNothing()
    {
        var receipt = await cluster.Client.Agent("passer/no-json").TellAsync(new PassOn("taker/no-json"), cancellationToken: Token);
        Assert.Equal((Outcome.Refused, RefusalCodes.MalformedJson), (receipt.Outcome, receipt.Refusal!.Code));
        Assert.Null(await cluster.Store.LoadAsync("passer/no-json", Token));
    }

    [Fact]
    public async Task Publish_OfWhatIsNoJson_IsRefusedAndTheTopicGoesOn()
    {
        var topic = cluster.Client.Topic("no-json");
        var refused = await cluster.Client.SendAsync(Envelope.CreateJson("client/test", topic.Id.Agent, "test.extreme", Encoding.UTF8.GetBytes("{nonsense")), cancellationToken: Token);
        Assert.Equal(RefusalCodes.MalformedJson, refused.Refusal!.Code);
        Assert.Equal(Outcome.Accepted, (await topic.PublishAsync(new Note("fine"), cancellationToken: Token)).Outcome);
    }

    private async Task TellAsync(AgentId recipient) =>
        Assert.Equal(Outcome.Accepted, (await cluster.Client.Agent("passer/a").TellAsync(new PassOn(recipient.ToString()), cancellationToken: Token)).Outcome);

    private async Task<DeadLetterEntry> FindAsync(AgentId recipient, Guid except = default)
    {
        while (true)
        {
            foreach (var office in DeadLetterAddress.All)
            {
                var page = await cluster.Client.Agent(office).AskAsync(new DeadLetterList(Recipient: recipient.ToString()), cancellationToken: Token);
                if (page.Letters.FirstOrDefault(letter => letter.Id != except) is { } found)
                {
                    return found;
                }
            }
        }
    }

    private static string Nested(int levels) =>
        string.Concat(Enumerable.Repeat("""{"a":""", levels - 1)) + "{}" + new string('}', levels - 1);

    private static string Text(string text) => $$"""{"text":"{{text}}"}""";
}

[Contract("test.pass-on")]
public sealed record PassOn(string To);

[Agent("passer")]
internal sealed class PasserAgent : Agent<AccountState>, IHandle<PassOn>
{
    public ValueTask HandleAsync(PassOn message, AgentContext context, CancellationToken cancellationToken)
    {
        AgentId to = message.To;
        context.TellJson(to, "test.extreme", Encoding.UTF8.GetBytes(ExtremeLetterTests.Payloads[to.Key]));
        return default;
    }
}

/// <summary>Refuses everything until it is let take it.</summary>
[Agent("taker")]
internal sealed class TakerAgent : Agent<AccountState>, IHandleAny
{
    public static readonly ConcurrentDictionary<string, bool> Takes = new(StringComparer.Ordinal);
    public static readonly ConcurrentDictionary<string, string> Taken = new(StringComparer.Ordinal);

    public ValueTask<byte[]?> HandleAnyAsync(Envelope message, AgentContext context, CancellationToken cancellationToken)
    {
        if (!Takes.GetValueOrDefault(Id.Key))
        {
            throw new AgentRefusedException("taker.no", "Not now.");
        }

        Taken[Id.Key] = Encoding.UTF8.GetString(message.PayloadJson.Span);
        Gates.Entered($"taken {Id.Key}").TrySetResult();
        return default;
    }
}
