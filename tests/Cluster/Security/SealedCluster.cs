using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Orleans.Runtime;
using Orleans.TestingHost;
using OrleansAgents.Agents;
using OrleansAgents.Hosting;
using OrleansAgents.Messaging;
using OrleansAgents.Security;
using OrleansAgents.Sqlite;
using OrleansAgents.Topics;

namespace OrleansAgents.Tests.Security;

/// <summary>Silos with keys on one SQLite store, a client outside that has them too, and what all of them log.</summary>
internal sealed class SealedCluster : IAsyncDisposable
{
    public const string Marker = "quetzalcoatl";

    private readonly InProcessTestCluster _cluster;
    private readonly SqliteAgentStore _store;
    private readonly SqliteStoreOptions _file;

    private SealedCluster(InProcessTestCluster cluster, SqliteAgentStore store, SqliteStoreOptions file, FakeLogCollector logs, TurningKeys[] keys) =>
        (_cluster, _store, _file, Logs, Keys) = (cluster, store, file, logs, keys);

    public IAgentClient Client => _cluster.Client.ServiceProvider.GetRequiredService<IAgentClient>();

    public IAgentClient Inside => _cluster.Silos[0].ServiceProvider.GetRequiredService<IAgentClient>();

    public FakeLogCollector Logs { get; }

    /// <summary>The keys of each silo, and then those of the client.</summary>
    public TurningKeys[] Keys { get; }

    public static async Task<SealedCluster> StartAsync(int silos = 1)
    {
        var file = new SqliteStoreOptions { DataDirectory = System.IO.Directory.CreateTempSubdirectory("sealed-").FullName };
        var store = new SqliteAgentStore(file, TimeProvider.System);
        await store.OpenAsync();
        var logs = new FakeLogCollector();
        var keys = Enumerable.Range(0, silos + 1).Select(_ => new TurningKeys()).ToArray();
        var builder = new InProcessTestClusterBuilder((short)silos);
        var started = 0;
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddAgents(Configure).AddAgent<VaultAgent>().AddAgent<EarAgent>().AddAgent<RelayEarAgent>().UseEncryption(_ => { });
            silo.Services.AddSingleton<IAgentStore>(store).AddSingleton<ITopicLog>(store).AddAgentClient(o => o.Sender = "client/inside");
            Observe(silo.Services, logs, keys[Math.Min(Interlocked.Increment(ref started) - 1, silos - 1)]);
        });
        builder.ConfigureClient(client =>
        {
            client.Services.AddAgentClient(o => o.Sender = "client/test").AddAgentEncryption(_ => { });
            Observe(client.Services, logs, keys[silos]);
        });
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new SealedCluster(cluster, store, file, logs, keys);
    }

    /// <summary>Kills the silo, with all that is in memory, and starts another.</summary>
    public async Task RestartAsync()
    {
        await _cluster.KillSiloAsync(_cluster.Silos[0]);
        await _cluster.StartAdditionalSiloAsync();
    }

    /// <summary>Sends a message past the client, which would seal it.</summary>
    public ValueTask<Reply> SendAsItIsAsync(Envelope message) =>
        _cluster.Client.GetGrain<IAgentGrain>(GrainId.Create(message.Recipient.Kind, message.Recipient.Key)).DeliverAsync(message);

    /// <summary>How often a text stands in the store's files.</summary>
    public async Task<int> CountStoredAsync(string text)
    {
        var count = 0;
        var sought = System.Text.Encoding.UTF8.GetBytes(text);
        foreach (var path in System.IO.Directory.GetFiles(_file.DataDirectory).Where(p => !p.EndsWith(".lock", StringComparison.Ordinal)))
        {
            await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var bytes = new MemoryStream();
            await stream.CopyToAsync(bytes);
            for (var rest = bytes.ToArray().AsSpan(); rest.IndexOf(sought) is >= 0 and var at; rest = rest[(at + 1)..])
            {
                count++;
            }
        }

        return count;
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.StopAllSilosAsync();
        await _cluster.DisposeAsync();
        await _store.DisposeAsync();
        System.IO.Directory.Delete(_file.DataDirectory, recursive: true);
    }

    private static void Configure(AgentOptions options)
    {
        options.Delivery.MaxRetries = 2;
        options.Delivery.FirstDelay = TimeSpan.FromMilliseconds(1);
        options.StopPatience = TimeSpan.FromMilliseconds(100);
        options.WakePeriod = TimeSpan.FromMilliseconds(20);
    }

    private static void Observe(IServiceCollection services, FakeLogCollector logs, TurningKeys keys)
    {
        services.AddLogging(logging => logging.AddProvider(new FakeLoggerProvider(logs)).AddFilter("OrleansAgents", LogLevel.Trace));
        services.AddSingleton<IOptionsChangeTokenSource<EncryptionOptions>>(keys);
        services.AddSingleton<IConfigureOptions<EncryptionOptions>>(keys);
    }
}

/// <summary>The keys of one process, which a test changes: those of the vault's side are turned, those of the ears stay.</summary>
internal sealed class TurningKeys : IOptionsChangeTokenSource<EncryptionOptions>, IConfigureOptions<EncryptionOptions>
{
    private CancellationTokenSource _change = new();
    private (string Id, byte Fill, bool Use)[] _vault = [("v1", 1, true)];

    public string Name => Options.DefaultName;

    public IChangeToken GetChangeToken() => new CancellationChangeToken(_change.Token);

    public void Configure(EncryptionOptions options)
    {
        options.Groups.Add(Group("vaults", ["vault/*", "relay-ear/*", "topic/secret/*", "dead-letters/*"], _vault));
        options.Groups.Add(Group("ears", ["ear/*"], [("e1", 9, true)]));
    }

    public void Turn(params (string Id, byte Fill, bool Use)[] keys)
    {
        _vault = keys;
        Interlocked.Exchange(ref _change, new CancellationTokenSource()).Cancel();
    }

    private static KeyGroup Group(string name, string[] recipients, (string Id, byte Fill, bool Use)[] keys)
    {
        var group = new KeyGroup { Name = name };
        foreach (var recipient in recipients)
        {
            group.Recipients.Add(recipient);
        }

        foreach (var (id, fill, use) in keys)
        {
            group.Keys.Add(new SecretKey { Id = id, Secret = Convert.ToBase64String(Enumerable.Repeat(fill, 32).ToArray()), Use = use });
        }

        return group;
    }
}
