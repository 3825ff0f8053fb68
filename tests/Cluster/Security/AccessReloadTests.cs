using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using OrleansAgents.Agents;
using OrleansAgents.Hosting;
using OrleansAgents.Messaging;
using OrleansAgents.Security;
using OrleansAgents.Testing;
using OrleansAgents.Tests.Agents;

namespace OrleansAgents.Tests.Security;

public sealed class AccessReloadTests
{
    private static readonly AccessRule Greet = new() { From = "client/*", Send = "test.greet", To = "greeter/*" };
    private static readonly AccessRule Anything = new() { From = "client/test", Send = "*", To = "*" };
    private static readonly AccessRule NoRead = new() { From = "*", Send = "test.read", To = "*", Deny = true };

    private readonly ChangingRules _rules = new();
    private readonly FakeLogCollector _log = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rules_ChangedWhileMessagesFlow_RefuseNothingThatAllOfThemAllow()
    {
        _rules.Change(Greet);
        await using var cluster = await StartAsync();
        var (handled, flows) = (0, true);
        var senders = Enumerable.Range(0, 8).Select(i => Task.Run(
            async () =>
            {
                while (Volatile.Read(ref flows))
                {
                    await cluster.Client.Agent($"greeter/{i}").AskAsync(new Greet("you"), cancellationToken: Token);
                    Interlocked.Increment(ref handled);
                }
            },
            Token)).ToArray();
        for (var change = 0; change < 100; change++)
        {
            _rules.Change(change % 2 == 0 ? [Anything, NoRead] : [Greet, NoRead, Anything]);
            var before = Volatile.Read(ref handled);
            while (Volatile.Read(ref handled) == before)
            {
                await cluster.Client.Agent("greeter/between").AskAsync(new Greet("you"), cancellationToken: Token);
                Assert.DoesNotContain(senders, s => s.IsFaulted);
            }
        }

        Volatile.Write(ref flows, false);
        await Task.WhenAll(senders);
        _rules.Change(NoRead);
        await AssertRefusedAsync(cluster);
    }

    [Fact]
    public async Task Rules_ChangedForFaultyOnesOrNone_StayAsTheyWere()
    {
        _rules.Change(NoRead);
        await using var cluster = await StartAsync();
        _rules.Change(new AccessRule { From = "nobody", Publish = "orders" });
        await AssertRefusedAsync(cluster);
        _rules.Change();
        await AssertRefusedAsync(cluster);
        var errors = _log.GetSnapshot().Where(r => r.Category == typeof(AccessCheck).FullName && r.Level == LogLevel.Error).Select(r => r.Message).ToArray();
        Assert.Equal(2, errors.Length);
        Assert.Contains("AccessOptions.Rules[0].From is 'nobody'; give", errors[0], StringComparison.Ordinal);
        Assert.Contains("no access rule any more", errors[1], StringComparison.Ordinal);

        _rules.Change(Greet);
        Assert.Equal("Hello, you!", (await cluster.Client.Agent("greeter/a").AskAsync(new Greet("you"), cancellationToken: Token)).Text);
    }

    [Fact]
    public async Task Rules_ThatCameLater_HoldFromTheNextMessageOn()
    {
        await using var cluster = await StartAsync();
        await cluster.Client.Agent("greeter/a").AskAsync(new Greet("you"), cancellationToken: Token);
        _rules.Change(NoRead);
        await AssertRefusedAsync(cluster);
    }

    [Fact]
    public async Task Rules_FaultyAtTheStart_FailIt()
    {
        _rules.Change(new AccessRule { From = "client/*" });
        var fault = await Assert.ThrowsAnyAsync<Exception>(StartAsync);
        Assert.Contains("AccessOptions.Rules[0] must have exactly one of Send with To, Publish, and Subscribe.", fault.ToString(), StringComparison.Ordinal);
    }

    private static async Task AssertRefusedAsync(AgentTestCluster cluster) => Assert.Equal(
        RefusalCodes.NotAllowed, (await cluster.Client.Agent("greeter/a").TellAsync(new Greet("you"), cancellationToken: Token)).Refusal?.Code);

    private Task<AgentTestCluster> StartAsync() => AgentTestCluster.StartAsync(
        options => options.AddAgent<GreeterAgent>().ConfigureSilo(silo =>
        {
            silo.UseAccessRules();
            silo.Services.AddSingleton<IConfigureOptions<AccessOptions>>(_rules);
            silo.Services.AddSingleton<IOptionsChangeTokenSource<AccessOptions>>(_rules);
            silo.Services.AddSingleton<ILoggerProvider>(new FakeLoggerProvider(_log));
        }),
        Token);

    /// <summary>Settings that change when the test says so, as a configuration's do when its file changes.</summary>
    private sealed class ChangingRules : IOptionsChangeTokenSource<AccessOptions>, IConfigureOptions<AccessOptions>
    {
        private volatile AccessRule[] _rules = [];
        private CancellationTokenSource _changed = new();

        public string Name => Options.DefaultName;

        public void Change(params AccessRule[] rules)
        {
            _rules = rules;
            Interlocked.Exchange(ref _changed, new CancellationTokenSource()).Cancel();
        }

        public IChangeToken GetChangeToken() => new CancellationChangeToken(Volatile.Read(ref _changed).Token);

        public void Configure(AccessOptions options) => Array.ForEach(_rules, options.Rules.Add);
    }
}
