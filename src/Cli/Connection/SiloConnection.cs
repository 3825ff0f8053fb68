using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Runtime;
using OrleansAgents.Agents;
using OrleansAgents.Commands;
using OrleansAgents.Hosting;
using OrleansAgents.Messaging;
using OrleansAgents.Security;

namespace OrleansAgents.Connection;

/// <summary>A live connection to one silo's gateway, for as long as a command runs.</summary>
internal sealed class SiloConnection : IAsyncDisposable
{
    private static readonly TimeSpan ProbeTime = TimeSpan.FromSeconds(2.5);
    private static readonly TimeSpan RedisProbeTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(9);
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan OrleansTimeout = TimeSpan.FromSeconds(30);

    private readonly IHost _host;
    private readonly IGrainFactory _grains;

    private SiloConnection(IHost host)
    {
        _host = host;
        _grains = host.Services.GetRequiredService<IGrainFactory>();
        Client = host.Services.GetRequiredService<IAgentClient>();
    }

    public IAgentClient Client { get; }

    public AgentKinds Kinds => _host.Services.GetRequiredService<AgentKinds>();

    /// <summary>Opens what came sealed; null where no keys were given.</summary>
    public PayloadCipher? Cipher => _host.Services.GetService<PayloadCipher>();

    /// <exception cref="NoSiloException">No silo answers.</exception>
    public static async Task<SiloConnection> OpenAsync(Settings settings, ClusterLoss loss, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        var end = await ProbeAsync(settings.Target, cancellationToken);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(StartTime - TimeProvider.System.GetElapsedTime(started));
        while (true)
        {
            var host = Build(end, settings, loss);
            var lost = host.Services.GetRequiredService<GatewayConnections>().Loss;
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, lost);
            try
            {
                // Orleans looks at the token only between its own waits, which are longer than ours.
                await Task.Run(() => host.StartAsync(either.Token), CancellationToken.None).WaitAsync(either.Token);
                var connection = new SiloConnection(host);
                loss.Begin(connection._grains);
                return connection;
            }
            catch (Exception) when (lost.IsCancellationRequested && settings.Target.Redis is not null && !patience.IsCancellationRequested)
            {
                // The silo went while it was being greeted; another may be there.
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                // The half-started host is left to the end of the process: stopping it would wait for the silo that is not there.
                throw await TlsMismatch.FindAsync(host.Services, settings, cancellationToken) ?? settings.Target.NoSilo(e);
            }
        }
    }

    /// <summary>Sends; when cancelled, sees to it that the agent hears of it before the process ends.</summary>
    public async ValueTask<Reply> SendAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        try
        {
            return await Client.SendAsync(envelope, options: null, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            var agent = _grains.GetGrain<IAgentGrain>(GrainId.Create(envelope.Recipient.Kind, envelope.Recipient.Key));
            await agent.CancelAsync(envelope.Id.Value).AsTask().WaitAsync(StopTime, CancellationToken.None)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Everything that matters was acknowledged by now, so a slow good-bye is not waited for.
        await _host.StopAsync(CancellationToken.None).WaitAsync(StopTime, CancellationToken.None)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Sees whether there is anybody to speak to; null where Redis tells who.</summary>
    private static async Task<IPEndPoint?> ProbeAsync(ClusterTarget target, CancellationToken cancellationToken)
    {
        if (target.Redis is { } redis)
        {
            return await redis.FindFaultAsync(RedisProbeTime, cancellationToken) is { } fault ? throw target.NoRedis(fault) : null;
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(ProbeTime);
        try
        {
            return await target.Gateway.ProbeAsync(patience.Token);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            throw target.NoSilo(e);
        }
    }

    private static IClientBuilder UseCluster(IClientBuilder client, ClusterTarget target, IPEndPoint? end) => end is null
        ? client.UseRedisCluster(target.Redis!.ConnectionString, target.Cluster)
        : GatewayConnections.Watch(client.UseStaticClustering(end).Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (target.Cluster, target.Cluster)));

    private static IClientBuilder UseTls(IClientBuilder client, TlsChoice? tls) => tls is null ? client : client.UseTls(tls.Apply);

    private static IHost Build(IPEndPoint? end, Settings settings, ClusterLoss loss)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.ClearProviders();
        builder.UseOrleansClient(client => UseTls(UseCluster(client, settings.Target, end), settings.Tls)
            .UseConnectionRetryFilter((_, _) => Task.FromResult(false))
            .AddClusterConnectionLostHandler((_, _) => loss.Look())
            .Configure<ClientMessagingOptions>(o =>
            {
                if (settings.Timeout > OrleansTimeout)
                {
                    o.ResponseTimeout = settings.Timeout;
                }
            }));
        builder.Services.AddAgentClient(o => (o.Sender, o.Timeout) = (settings.Sender, settings.Timeout));
        if (settings.Key is { } key)
        {
            builder.Services.AddAgentKeys(keys => keys.Keys.Add(key));
        }

        if (settings.Encryption is { } encryption)
        {
            builder.Services.AddAgentEncryption(o =>
            {
                foreach (var group in encryption.Groups)
                {
                    o.Groups.Add(group);
                }
            });
        }

        return builder.Build();
    }
}
