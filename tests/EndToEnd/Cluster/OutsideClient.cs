using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Runtime.Messaging;
using OrleansAgents.Agents;
using OrleansAgents.Hosting;
using OrleansAgents.Messaging;
using OrleansAgents.Security;
using OrleansAgents.Tests.Hosting;

namespace OrleansAgents.Tests.Cluster;

/// <summary>A program outside the silos, in the test's own process: one command for each message would be slower than what it measures.</summary>
internal sealed class OutsideClient : IAsyncDisposable
{
    private static readonly AgentId Sender = new("client", "outside");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly IHost _host;

    private OutsideClient(IHost host)
    {
        _host = host;
        Agents = host.Services.GetRequiredService<IAgentClient>();
    }

    public IAgentClient Agents { get; }

    private IManagementGrain Management => _host.Services.GetRequiredService<IGrainFactory>().GetGrain<IManagementGrain>(0);

    public static Task<OutsideClient> ConnectAsync(string redis) => ConnectAsync(client => client.UseRedisCluster(redis), _ => { });

    /// <summary>Connects to one silo, and signs.</summary>
    public static Task<OutsideClient> ConnectAsync(SiloProcess silo) => ConnectAsync(
        client => client.UseStaticClustering(IPEndPoint.Parse(silo.Gateway)).Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = ("agents", "agents")),
        services => services.AddAgentKeys(keys => keys.Keys.Add(new SigningKey { Id = SiloProcess.KeyId, Identity = "*", File = silo.KeyFile })));

    private static async Task<OutsideClient> ConnectAsync(Action<IClientBuilder> cluster, Action<IServiceCollection> keys)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.ClearProviders();
        builder.UseOrleansClient(cluster);
        builder.Services.AddAgentClient(options => options.Sender = Sender);
        keys(builder.Services);
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return new OutsideClient(host);
    }

    public static Envelope Message(AgentId to, string type, string payload, int version = 1) =>
        Envelope.CreateJson(Sender, to, type, Encoding.UTF8.GetBytes(payload), version);

    /// <summary>Asks a query until it is answered, and gives one whole number of the answer.</summary>
    public async Task<long> ReadAsync(AgentId agent, string query, string member)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        while (true)
        {
            try
            {
                var reply = await Agents.SendAsync(Message(agent, query, "{}"), cancellationToken: patience.Token);
                if (reply.ToJson() is { } json)
                {
                    return JsonElement.Parse(json).GetProperty(member).GetInt64();
                }
            }
            catch (AgentException)
            {
                patience.Token.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>Reads until the figure is there. Then nobody may add to it any more.</summary>
    public async Task AssertReachesAsync(AgentId agent, string query, string member, long expected)
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        long value;
        do
        {
            value = await ReadAsync(agent, query, member);
        }
        while (value < expected && !patience.IsCancellationRequested);

        Assert.True(value == expected, $"{agent} says {member} = {value}, and {expected} was sent.");
    }

    /// <summary>Waits until the silos take exactly so many for alive.</summary>
    public async Task SilosAsync(int count)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        while (true)
        {
            try
            {
                if ((await Management.GetHosts(onlyActive: true).WaitAsync(TimeSpan.FromSeconds(2), TimeProvider.System, patience.Token)).Count == count)
                {
                    return;
                }
            }
            catch (Exception e) when (e is TimeoutException or OrleansException or ConnectionFailedException)
            {
                patience.Token.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>On how many silos agents of a class are active.</summary>
    public async Task<int> CountHostsAsync(string agentClass) => (await Management.GetSimpleGrainStatistics())
        .Where(figure => figure.ActivationCount > 0 && figure.GrainType.Contains(agentClass, StringComparison.Ordinal))
        .Select(figure => figure.SiloAddress)
        .Distinct()
        .Count();

    public async ValueTask DisposeAsync()
    {
        // Orleans waits for gateways that a test has taken away.
        await _host.StopAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(2), TimeProvider.System, CancellationToken.None)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _host.Dispose();
    }
}
