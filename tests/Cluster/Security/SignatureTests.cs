using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OrleansAgents.Agents;
using OrleansAgents.Hosting;
using OrleansAgents.Messaging;
using OrleansAgents.Security;
using OrleansAgents.Testing;
using OrleansAgents.Tests.Agents;
using OrleansAgents.Topics;

namespace OrleansAgents.Tests.Security;

public class SignatureTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task External_AMessageFromOutside_IsTakenSignedAndRefusedUnsigned()
    {
        var keys = new TestKeys(TestKeys.Key("tests", "client/*"));
        await using var signing = await StartAsync(SignaturePolicy.External, keys, keys);
        Assert.Equal("Hello, Ada!", (await signing.Client.Agent("greeter/a").AskAsync(new Greet("Ada"), cancellationToken: Token)).Text);
        Assert.True((await signing.Client.Topic("signed/a").PublishAsync(new Greeting("hi"), cancellationToken: Token)).IsAccepted);

        await using var unsigned = await StartAsync(SignaturePolicy.External, keys, null);
        var refused = await Assert.ThrowsAsync<AgentRefusedException>(
            () => unsigned.Client.Agent("greeter/a").AskAsync(new Greet("Ada"), cancellationToken: Token).AsTask());
        Assert.Equal(RefusalCodes.NotSigned, refused.Code);
        Assert.Equal(RefusalCodes.NotSigned, (await unsigned.Client.Agent("account/a").TellAsync(new Add(1), cancellationToken: Token)).Refusal!.Code);
        Assert.Equal(RefusalCodes.NotSigned, (await unsigned.Client.Topic("signed/a").PublishAsync(new Greeting("hi"), cancellationToken: Token)).Refusal!.Code);
        // What the silo's own process sends is inside, and so is what agents send one another.
        Assert.Equal("Hello, Bo!", (await unsigned.InsideClient().Agent("greeter/a").AskAsync(new Greet("Bo"), cancellationToken: Token)).Text);
        Assert.Equal("greeter/c is the end", (await unsigned.InsideClient().Agent("greeter/b").AskAsync(new AskOn(["greeter/c"]), cancellationToken: Token)).Text);
    }

    [Fact]
    public async Task External_AKeyOfSomebodyElse_IsRefusedWithoutSayingWhy()
    {
        await using var cluster = await StartAsync(
            SignaturePolicy.External,
            new TestKeys(TestKeys.Key("tests", "client/till-*")),
            new TestKeys(TestKeys.Key("tests", "*")));
        var refused = await Assert.ThrowsAsync<AgentRefusedException>(
            () => cluster.Client.Agent("greeter/a").AskAsync(new Greet("Ada"), cancellationToken: Token).AsTask());
        Assert.Equal(RefusalCodes.BadSignature, refused.Code);
        Assert.DoesNotContain("till", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task External_AMessageToldAsAnEventFromOutside_IsRefused()
    {
        var keys = new TestKeys(TestKeys.Key("tests", "client/*"));
        await using var cluster = await StartAsync(SignaturePolicy.External, keys, keys);
        var forged = Envelope.Create("client/test", "topic/forged", new Add(5));
        var grain = cluster.OutsideGrains.GetGrain<IAgentGrain>(Orleans.Runtime.GrainId.Create("account", "forged"));
        var reply = await grain.DeliverEventsAsync(new EventBatch([forged]));
        Assert.Equal(0, reply.Handled);
        Assert.Equal(RefusalCodes.NotAllowed, reply.Stop.Refusal!.Code);
    }

    [Theory]
    [InlineData(-301)]
    [InlineData(301)]
    public async Task External_AMessageBeyondTheClockAllowance_IsStale(int seconds)
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var keys = new TestKeys(TestKeys.Key("tests", "client/*"));
        await using var cluster = await StartAsync(SignaturePolicy.External, keys, null, time);
        var signed = Sign(keys, Envelope.Create("client/test", "account/stale", new Add(1)), time.GetUtcNow().AddSeconds(seconds));
        Assert.Equal(RefusalCodes.Stale, (await cluster.Client.SendAsync(signed, cancellationToken: Token)).Refusal!.Code);
        var intime = Sign(keys, Envelope.Create("client/test", "account/stale", new Add(1)), time.GetUtcNow().AddSeconds(seconds * 299 / 301));
        Assert.Equal(Outcome.Accepted, (await cluster.Client.SendAsync(intime, cancellationToken: Token)).Outcome);
    }

    [Fact]
    public async Task Replay_OfASignedMessage_IsNeverHandledTwice()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var keys = new TestKeys(TestKeys.Key("tests", "client/*"));
        await using var cluster = await StartAsync(SignaturePolicy.External, keys, null, time, agents => agents.VolatileWindow = 2);
        var first = Sign(keys, Envelope.Create("client/test", "adder/r", new Add(1)), time.GetUtcNow());
        Assert.Equal(1, (await cluster.Client.SendAsync(first, cancellationToken: Token)).As<Total>()!.Value);
        for (var i = 0; i < 10; i++)
        {
            // More than the window holds, and all within the time in which the first may come again.
            await cluster.Client.SendAsync(Sign(keys, Envelope.Create("client/test", "adder/r", new Add(1)), time.GetUtcNow()), cancellationToken: Token);
        }

        Assert.Equal(Outcome.Duplicate, (await cluster.Client.SendAsync(first, cancellationToken: Token)).Outcome);
        time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(RefusalCodes.Stale, (await cluster.Client.SendAsync(first, cancellationToken: Token)).Refusal!.Code);
        Assert.Equal(11, (await cluster.InsideClient().Agent("adder/r").AskAsync(new Read(), cancellationToken: Token)).Value);
    }

    [Fact]
    public async Task Always_BetweenAgentsOfTwoSilos_EverythingIsSignedAndVerified()
    {
        var keys = new TestKeys(TestKeys.Key("cluster", "*"), TestKeys.Key("tests", "client/*"));
        await using var cluster = await StartAsync(SignaturePolicy.Always, keys, new TestKeys(TestKeys.Key("tests", "client/*")), silos: 2);
        await cluster.Client.Agent("listener/signed").AskAsync(new AskOn(["signed/all"]), cancellationToken: Token);
        for (var i = 0; i < 20; i++)
        {
            Assert.True((await cluster.Client.Agent($"account/{i}").TellAsync(new TellOn($"account/other-{i}", 2), cancellationToken: Token)).IsAccepted);
        }

        await cluster.IdleAsync(cancellationToken: Token);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(2, (await cluster.InsideClient().Agent($"account/other-{i}").AskAsync(new Read(), cancellationToken: Token)).Value);
        }

        Assert.True((await cluster.Client.Topic("signed/all").PublishAsync(new Greeting("hi"), cancellationToken: Token)).IsAccepted);
        await Gates.Entered("listener/signed=1").Task.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, Token);
        Assert.NotNull(Assert.Single(ListenerAgent.Heard["signed"]).Extras!.Signature);
    }

    [Fact]
    public async Task Always_WithoutAKeyForTheAgents_RefusesWhatTheySend()
    {
        var keys = new TestKeys(TestKeys.Key("tests", "client/*"));
        await using var cluster = await StartAsync(SignaturePolicy.Always, keys, keys);
        var refused = await Assert.ThrowsAsync<AgentRefusedException>(
            () => cluster.Client.Agent("greeter/b").AskAsync(new AskOn(["greeter/c"]), cancellationToken: Token).AsTask());
        Assert.Equal(RefusalCodes.NotSigned, refused.Code);
    }

    [Fact]
    public async Task Rotation_UnderLoad_RefusesNoGoodMessage()
    {
        var (old, fresh) = (TestKeys.Key("old", "client/*"), TestKeys.Key("new", "client/*"));
        var silo = new TestKeys(old);
        var client = new TestKeys(old);
        await using var cluster = await StartAsync(SignaturePolicy.External, silo, client);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var sent = new int[4];
        var load = Enumerable.Range(0, sent.Length).Select(n => Task.Run(async () =>
        {
            var agent = cluster.Client.Agent($"greeter/{n}");
            while (!stop.IsCancellationRequested)
            {
                await agent.AskAsync(new Greet("Ada"), cancellationToken: Token);
                Interlocked.Increment(ref sent[n]);
            }
        }, Token)).ToArray();

        // Each of them, so that nothing is under way any more that was signed before.
        async Task MoreAsync()
        {
            var until = Enumerable.Range(0, sent.Length).Select(n => Volatile.Read(ref sent[n]) + 50).ToArray();
            while (!load.Any(l => l.IsCompleted) && Enumerable.Range(0, sent.Length).Any(n => Volatile.Read(ref sent[n]) < until[n]))
            {
                await Task.Yield();
            }
        }

        await MoreAsync();
        silo.Set(old, fresh);
        await MoreAsync();
        client.Set(fresh, TestKeys.Key("old", "client/*", use: false));
        await MoreAsync();
        silo.Set(fresh);
        await MoreAsync();
        await stop.CancelAsync();
        await Task.WhenAll(load);

        // The old key is of no use any more.
        client.Set(old);
        var refused = await Assert.ThrowsAsync<AgentRefusedException>(
            () => cluster.Client.Agent("greeter/0").AskAsync(new Greet("Ada"), cancellationToken: Token).AsTask());
        Assert.Equal(RefusalCodes.BadSignature, refused.Code);
    }

    [Fact]
    public async Task Rotation_ToAFaultyKey_KeepsTheOnesBefore()
    {
        var keys = new TestKeys(TestKeys.Key("tests", "client/*"));
        var silo = new TestKeys(TestKeys.Key("tests", "client/*"));
        await using var cluster = await StartAsync(SignaturePolicy.External, silo, keys);
        await cluster.Client.Agent("greeter/a").AskAsync(new Greet("Ada"), cancellationToken: Token);
        silo.Set(new SigningKey { Id = "tests", Identity = "client/*", Secret = "short" });
        await cluster.Client.Agent("greeter/a").AskAsync(new Greet("Ada"), cancellationToken: Token);
    }

    private static Envelope Sign(TestKeys keys, Envelope envelope, DateTimeOffset at) =>
        new MessageSigner(new KeyRing(keys, TimeProvider.System, NullLogger<KeyRing>.Instance), TimeProvider.System).Sign(envelope, at);

    private static Task<AgentTestCluster> StartAsync(
        SignaturePolicy policy, TestKeys silo, TestKeys? client, FakeTimeProvider? time = null, Action<AgentOptions>? agents = null, int silos = 1) =>
        AgentTestCluster.StartAsync(
            options =>
            {
                options.Silos = silos;
                options.Time = time;
                options.AddAgentsFrom(typeof(SignatureTests).Assembly).ConfigureAgents(agents ?? (_ => { })).ConfigureSilo(builder =>
                {
                    builder.UseSignatures(policy);
                    builder.Services.AddSingleton<IOptionsMonitor<KeyRingOptions>>(silo);
                });
                if (client is not null)
                {
                    options.ConfigureOutsideClient(builder =>
                    {
                        builder.Services.AddAgentKeys(_ => { });
                        builder.Services.AddSingleton<IOptionsMonitor<KeyRingOptions>>(client);
                    });
                }
            },
            Token);
}

/// <summary>Counts, and forgets with its activation.</summary>
[Agent("adder")]
internal sealed class AdderAgent : Agent, IHandle<Add, Total>, IHandle<Read, Total>
{
    private int _value;

    public ValueTask<Total> HandleAsync(Add request, AgentContext context, CancellationToken cancellationToken) => new(new Total(_value += request.Amount));

    public ValueTask<Total> HandleAsync(Read request, AgentContext context, CancellationToken cancellationToken) => new(new Total(_value));
}
