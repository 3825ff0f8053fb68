using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using OrleansAgents.Hosting;
using OrleansAgents.Messaging;
using OrleansAgents.Security;
using OrleansAgents.Testing;
using OrleansAgents.Tests.Agents;

namespace OrleansAgents.Tests.Security;

/// <summary>A silo with rules; the client outside is <c>client/test</c>.</summary>
public sealed class RuledCluster : IAsyncLifetime
{
    private static readonly AccessRule[] Rules =
    [
        new() { Name = "greet", From = "client/*", Send = "test.greet", To = "greeter/*" },
        new() { Name = "relay", From = "client/*", Send = "test.tell-on", To = "account/*" },
        new() { Name = "vault", From = "*", Send = "*", To = "greeter/secret*", Deny = true },
        new() { From = "client/test", Publish = "open/**" },
        new() { From = "client/test", Subscribe = "open/*" },
        new() { From = "client/test", Subscribe = "plain" },
        new() { Name = "no taps", From = "*", Subscribe = "shut/**", Deny = true },
        new() { Name = "silence", From = "account/silenced", Send = "*", To = "*", Deny = true },
        new() { Name = "no leaks", From = "account/*", Publish = "shut/**", Deny = true },
    ];

    private readonly FakeLogCollector _log = new();

    public AgentTestCluster Cluster { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Cluster = await AgentTestCluster.StartAsync(options => options
        .AddAgent<GreeterAgent>().AddAgent<AccountAgent>().AddAgent<ListenerAgent>()
        .ConfigureSilo(silo =>
        {
            silo.UseAccessRules(access => Array.ForEach(Rules, access.Rules.Add));
            silo.Services.AddSingleton<ILoggerProvider>(new FakeLoggerProvider(_log));
        }));

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();

    public IEnumerable<FakeLogRecord> Logged(MessageId id) =>
        _log.GetSnapshot().Where(r => r.Category == typeof(AccessCheck).FullName && r.Message.Contains(id.ToString(), StringComparison.Ordinal));
}
