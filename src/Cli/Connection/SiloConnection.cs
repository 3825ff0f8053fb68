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

namespace OrleansAgents.Connection;

/// <summary>A live connection to one silo's gateway, for as long as a command runs.</summary>
internal sealed class SiloConnection : IAsyncDisposable
{
    private static readonly TimeSpan ProbeTime = TimeSpan.FromSeconds(2.5);
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(6);
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

    /// <exception cref="NoSiloException">No silo answers.</exception>
    public static async Task<SiloConnection> OpenAsync(Settings settings, CancellationToken cancellationToken)
    {
        var end = await ProbeAsync(settings.Gateway, cancellationToken);
        var host = Build(end, settings);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            patience.CancelAfter(StartTime);
            // Orleans looks at the token only between its own waits, which are longer than ours.
            await Task.Run(() => host.StartAsync(patience.Token), CancellationToken.None).WaitAsync(patience.Token);
            return new SiloConnection(host);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // The half-started host is left to the end of the process: stopping it would wait for the silo that is not there.
            throw new NoSiloException(settings.Gateway, e);
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

    private static async Task<IPEndPoint> ProbeAsync(GatewayAddress gateway, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(ProbeTime);
        try
        {
            return await gateway.ProbeAsync(patience.Token);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new NoSiloException(gateway, e);
        }
    }

    private static IHost Build(IPEndPoint end, Settings settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.ClearProviders();
        builder.UseOrleansClient(client => client
            .UseStaticClustering(end)
            .UseConnectionRetryFilter((_, _) => Task.FromResult(false))
            .Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = ("agents", "agents"))
            .Configure<ClientMessagingOptions>(o =>
            {
                if (settings.Timeout > OrleansTimeout)
                {
                    o.ResponseTimeout = settings.Timeout;
                }
            }));
        builder.Services.AddAgentClient(o => (o.Sender, o.Timeout) = (settings.Sender, settings.Timeout));
        return builder.Build();
    }
}
