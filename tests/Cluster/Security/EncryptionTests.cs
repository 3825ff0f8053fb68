using System.Text;
using OrleansAgents.Agents;
using OrleansAgents.DeadLetters;
using OrleansAgents.Messaging;
using OrleansAgents.Security;
using OrleansAgents.Topics;
using static OrleansAgents.Tests.Security.SealedCluster;

namespace OrleansAgents.Tests.Security;

public sealed class EncryptionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ask_OfASealedKind_IsAnsweredTypedAndAsJson()
    {
        await using var cluster = await StartAsync();
        foreach (var client in (IAgentClient[])[cluster.Client, cluster.Inside])
        {
            var id = MessageId.New();
            var vault = client.Agent("vault/ask");
            var first = await vault.AskAsync(new Whisper(Marker), new SendOptions { Id = id }, Token);
            Assert.Equal(Marker, first.Text);
            Assert.Equal(first, await vault.AskAsync(new Whisper(Marker), new SendOptions { Id = id }, Token));
            Assert.Contains(Marker, Encoding.UTF8.GetString((await vault.AskJsonAsync("seal.whisper", Json(Marker), cancellationToken: Token))!), StringComparison.Ordinal);
            Assert.Equal(Marker, (await vault.AskAsync(new Pass("ask", "ear/asked", Marker), new SendOptions { Timeout = TimeSpan.FromSeconds(10) }, Token)).Text);
            Assert.True((await vault.TellAsync(new Rumour(Marker), cancellationToken: Token)).IsAccepted);
            Assert.Equal(Marker, await Heard.NextAsync("vault/ask", Token));
        }
    }

    [Fact]
    public async Task Ask_WhosePayloadDoesNotFit_IsRefusedWithItsProblems()
    {
        await using var cluster = await StartAsync();
        var refused = await Assert.ThrowsAsync<AgentRefusedException>(async () =>
            await cluster.Client.Agent("vault/bad").AskJsonAsync("seal.whisper", """{"text":7}"""u8.ToArray(), cancellationToken: Token));
        Assert.Equal(RefusalCodes.InvalidPayload, refused.Code);
        Assert.Contains(refused.Refusal.Problems!, p => p.Pointer == "/payload/text");
    }

    [Theory]
    [InlineData("tell")]
    [InlineData("json")]
    [InlineData("soon")]
    public async Task Turn_ThatSendsToASealedKind_IsHeard(string way)
    {
        await using var cluster = await StartAsync();
        await cluster.Client.Agent("vault/a").AskAsync(new Pass(way, $"ear/{way}", Marker), cancellationToken: Token);
        Assert.Equal(Marker, await Heard.NextAsync($"ear/{way}", Token));
    }

    [Fact]
    public async Task Turn_ThatSendsWhatIsNoObject_IsRefusedBeforeItIsSealed()
    {
        await using var cluster = await StartAsync();
        var refused = await Assert.ThrowsAsync<AgentRefusedException>(async () =>
            await cluster.Client.Agent("vault/a").AskAsync(new Pass("no-json", "ear/a", Marker), cancellationToken: Token));
        Assert.Equal(RefusalCodes.MalformedJson, refused.Code);
    }

    [Fact]
    public async Task Forward_ToAnotherGroup_IsSealedAnewAndHeard()
    {
        await using var cluster = await StartAsync();
        await cluster.Client.Agent("relay-ear/onward").TellAsync(new Rumour(Marker), cancellationToken: Token);
        Assert.Equal("v1", await Heard.NextAsync("relay-ear/onward", Token));
        Assert.Equal($$"""{"text":"{{Marker}}"}""", await Heard.NextAsync("relay-ear/onward", Token));
        Assert.Equal(Marker, await Heard.NextAsync("ear/onward", Token));
    }

    [Fact]
    public async Task Topic_OfASealedGroup_TellsSubscribersAndReaders()
    {
        await using var cluster = await StartAsync();
        await cluster.Client.Agent("vault/listener").AskAsync(new Pass("subscribe", "secret/a", ""), cancellationToken: Token);
        var filter = new Dictionary<string, System.Text.Json.JsonElement>(StringComparer.Ordinal) { ["/text"] = System.Text.Json.JsonElement.Parse("\"chosen\"") };
        await cluster.Client.Agent("topic/secret/a").AskAsync(new TopicSubscribe("vault/choosy", filter), cancellationToken: Token);
        await cluster.Client.Topic("secret/a").PublishAsync(new Rumour(Marker), cancellationToken: Token);
        await cluster.Client.Agent("vault/a").AskAsync(new Pass("publish", "secret/a", "chosen"), cancellationToken: Token);
        Assert.Equal(Marker, await Heard.NextAsync("vault/listener", Token));
        Assert.Equal("chosen", await Heard.NextAsync("vault/listener", Token));
        // The silo has the key, so the filter sees the payload. The filter itself rests in the topic's state, which is not sealed.
        Assert.Equal("chosen", await Heard.NextAsync("vault/choosy", Token));
        await foreach (var published in cluster.Client.Topic("secret/a").ReadAsync(TopicStart.Beginning, Token))
        {
            Assert.Equal($$"""{"text":"{{Marker}}"}""", Encoding.UTF8.GetString(published.Envelope.PayloadJson.Span));
            break;
        }

        Assert.Equal(0, await cluster.CountStoredAsync(Marker));
    }

    [Fact]
    public async Task Store_AfterACrash_HoldsCiphertextOnlyAndTheWorkGoesOn()
    {
        await using var cluster = await StartAsync();
        var vault = cluster.Client.Agent("vault/crash");
        var id = MessageId.New();
        await vault.AskAsync(new Pass("late", "ear/late", Marker), new SendOptions { Id = id }, Token);
        await vault.AskAsync(new Pass("tell", "ear/deaf-a", Marker), cancellationToken: Token);
        await vault.AskAsync(new Pass("publish", "secret/crash", Marker), cancellationToken: Token);
        await cluster.RestartAsync();
        // Its stored answer is sealed, and opens.
        Assert.Equal(new Whispered(Marker, 1), await vault.AskAsync(new Pass("late", "ear/late", Marker), new SendOptions { Id = id }, Token));
        await vault.AskAsync(new Pass("tell", "ear/after-crash", Marker), cancellationToken: Token);
        Assert.Equal(Marker, await Heard.NextAsync("ear/after-crash", Token));

        var letter = await FindLetterAsync(cluster, "ear/deaf-a");
        Assert.DoesNotContain(Marker, letter.Envelope, StringComparison.Ordinal);
        Assert.Contains("\"keyId\":\"e1\"", letter.Envelope, StringComparison.Ordinal);
        Assert.NotEqual(0, await cluster.CountStoredAsync("vault/crash"));
        Assert.Equal(0, await cluster.CountStoredAsync(Marker));
    }

    [Fact]
    public async Task Logs_OfTurnsThatFail_DoNotHoldThePayload()
    {
        await using var cluster = await StartAsync();
        var vault = cluster.Client.Agent("vault/log");
        var failed = await Assert.ThrowsAsync<AgentFailedException>(async () => await vault.AskAsync(new Pass("throw", "ear/a", Marker), cancellationToken: Token));
        Assert.DoesNotContain(Marker, failed.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<AgentRefusedException>(async () => await vault.AskAsync(new Pass("none", "ear/a", Marker), cancellationToken: Token));
        await vault.AskAsync(new Pass("tell", "ear/deaf-log", Marker), cancellationToken: Token);
        await FindLetterAsync(cluster, "ear/deaf-log");
        var logs = cluster.Logs.GetSnapshot();
        Assert.Contains(logs, l => l.Message.Contains("vault/log", StringComparison.Ordinal));
        Assert.DoesNotContain(logs, l => $"{l.Message} {l.Exception}".Contains(Marker, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Gate_OfARequiredGroup_RefusesWhatIsNotSealedOrCannotBeOpened()
    {
        await using var cluster = await StartAsync();
        var plain = Envelope.Create(new AgentId("client", "test"), new AgentId("vault", "gate"), new Whisper(Marker));
        Assert.Equal(RefusalCodes.NotSealed, (await cluster.SendAsItIsAsync(plain)).Refusal?.Code);
        var subscribe = Envelope.Create(new AgentId("client", "test"), new AgentId("topic", "secret/gate"), new TopicSubscribe("vault/gate"));
        Assert.Equal(RefusalCodes.NotSealed, (await cluster.SendAsItIsAsync(subscribe)).Refusal?.Code);
        foreach (var encryption in (PayloadEncryption[])[new("v9", PayloadEncryption.Aes256Gcm), new("v1", "A128CBC"), new("v1", PayloadEncryption.Aes256Gcm)])
        {
            var forged = Envelope.CreateJson(plain.Sender, plain.Recipient, "seal.whisper", """{"sealed":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"""u8.ToArray());
            var reply = await cluster.SendAsItIsAsync(forged.With(new EnvelopeExtras { Encryption = encryption }));
            Assert.Equal(RefusalCodes.BadSeal, reply.Refusal?.Code);
        }

        Assert.Equal(1, (await cluster.Client.Agent("vault/gate").AskAsync(new Whisper(Marker), cancellationToken: Token)).Count);
    }

    [Fact]
    public async Task Keys_TurnedUnderLoad_RefuseNoMessage()
    {
        await using var cluster = await StartAsync(silos: 2);
        using var over = new CancellationTokenSource();
        var done = 0;
        var load = Enumerable.Range(0, 8).Select(async i =>
        {
            var vault = (i % 2 == 0 ? cluster.Client : cluster.Inside).Agent($"vault/load{i}");
            while (!over.IsCancellationRequested)
            {
                Assert.Equal(Marker, (await vault.AskAsync(new Whisper(Marker), cancellationToken: Token)).Text);
                Interlocked.Increment(ref done);
            }
        }).ToArray();
        (string, byte, bool) old = ("v1", 1, true), oldOpens = ("v1", 1, false), young = ("v2", 2, true), youngOpens = ("v2", 2, false);
        foreach (var step in ((string, byte, bool)[][])[[old, youngOpens], [oldOpens, young], [young]])
        {
            foreach (var keys in cluster.Keys)
            {
                keys.Turn(step);
                // Whatever was sealed before is answered before the next step.
                var until = Volatile.Read(ref done) + 100;
                while (Volatile.Read(ref done) < until)
                {
                    Assert.DoesNotContain(load, l => l.IsCompleted);
                    await cluster.Client.Agent("vault/pace").AskAsync(new Whisper(Marker), cancellationToken: Token);
                    Interlocked.Increment(ref done);
                }
            }
        }

        await over.CancelAsync();
        await Task.WhenAll(load);
        Assert.Equal(0, await cluster.CountStoredAsync(Marker));
    }

    private static byte[] Json(string text) => Encoding.UTF8.GetBytes($$"""{"text":"{{text}}"}""");

    private static async Task<DeadLetter> FindLetterAsync(SealedCluster cluster, string recipient)
    {
        while (true)
        {
            foreach (var office in DeadLetterAddress.All)
            {
                var page = await cluster.Client.Agent(office).AskAsync(new DeadLetterList(Recipient: recipient), cancellationToken: Token);
                if (page.Letters is [var entry])
                {
                    return await cluster.Client.Agent(office).AskAsync(new DeadLetterShow(entry.Id), cancellationToken: Token);
                }
            }
        }
    }
}
