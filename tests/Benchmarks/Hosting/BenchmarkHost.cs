using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansAgents.Agents;
using OrleansAgents.Hosting;
using OrleansAgents.Security;
using OrleansAgents.Sqlite;
using OrleansAgents.Tests.Workload;
using StackExchange.Redis;

namespace OrleansAgents.Tests.Hosting;

/// <summary>The ports of one silo.</summary>
/// <param name="Silo">Between silos.</param>
/// <param name="Gateway">For clients.</param>
internal sealed record SiloPorts(int Silo, int Gateway)
{
    /// <summary>Two ports that nobody listens on now.</summary>
    public static SiloPorts FindFree()
    {
        using var first = new TcpListener(IPAddress.Loopback, 0);
        using var second = new TcpListener(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        return new SiloPorts(((IPEndPoint)first.LocalEndpoint).Port, ((IPEndPoint)second.LocalEndpoint).Port);
    }
}

/// <summary>Silos and clients to measure, on the loopback address and without logs.</summary>
internal static class BenchmarkHost
{
    /// <summary>A silo with agents, and the raw grain beside them; the agent client in its services.</summary>
    public static async Task<IHost> StartAgentSiloAsync(SiloPorts ports, Action<ISiloBuilder>? more = null)
    {
        var builder = CreateBuilder();
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(ports.Silo, ports.Gateway)
                .UseSignatures(SignaturePolicy.None)
                .AddAgents()
                .UseMemoryStorage()
                .AddAgent<QuoteAgent>();
            more?.Invoke(silo);
        });
        builder.Services.AddAgentClient();
        return await StartAsync(builder);
    }

    /// <summary>A silo with durable agents and topics in a SQLite file; the agent client in its services.</summary>
    public static async Task<IHost> StartDurableSiloAsync(Action<SqliteStoreOptions> store, Action<ISiloBuilder>? more = null, SiloPorts? ports = null)
    {
        var builder = CreateBuilder();
        ports ??= SiloPorts.FindFree();
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(ports.Silo, ports.Gateway)
                .UseSignatures(SignaturePolicy.None)
            .AddAgents()
                .UseSqliteStorage(store)
                .AddAgent<LedgerAgent>();
            more?.Invoke(silo);
        });
        builder.Services.AddAgentClient();
        return await StartAsync(builder);
    }

    /// <summary>One silo of a cluster on Redis, with agents and the raw grains beside them.</summary>
    public static async Task<IHost> StartClusterSiloAsync(string redis)
    {
        var builder = CreateBuilder();
        var ports = SiloPorts.FindFree();
        builder.UseOrleans(silo => silo
            .UseRedisCluster(redis)
            .ConfigureEndpoints(IPAddress.Loopback, ports.Silo, ports.Gateway)
            .AddRedisGrainStorage(RawLedgerGrain.Storage, options => options.ConfigurationOptions = ConfigurationOptions.Parse(redis))
            .UseSignatures(SignaturePolicy.None)
            .AddAgents()
            .AddAgent<QuoteAgent>()
            .AddAgent<LedgerAgent>()
            .AddAgent<PlacedAgent>()
            .AddAgent<MeterAgent>());
        builder.Services.AddAgentClient();
        return await StartAsync(builder);
    }

    /// <summary>A client in this process of a cluster on Redis.</summary>
    public static async Task<IHost> StartClusterClientAsync(string redis)
    {
        var builder = CreateBuilder();
        builder.UseOrleansClient(client => client.UseRedisCluster(redis));
        builder.Services.AddAgentClient();
        return await StartAsync(builder);
    }

    /// <summary>A silo as Orleans makes it.</summary>
    public static async Task<IHost> StartRawSiloAsync(SiloPorts ports)
    {
        var builder = CreateBuilder();
        builder.UseOrleans(silo => silo.UseLocalhostClustering(ports.Silo, ports.Gateway));
        return await StartAsync(builder);
    }

    /// <summary>A client in this process of a silo in another.</summary>
    public static async Task<IHost> StartClientAsync(SiloPorts ports)
    {
        var builder = CreateBuilder();
        builder.UseOrleansClient(client => client.UseLocalhostClustering(ports.Gateway));
        builder.Services.AddAgentClient();
        return await StartAsync(builder);
    }

    public static IAgentClient Agents(this IHost host) => host.Services.GetRequiredService<IAgentClient>();

    public static IGrainFactory Grains(this IHost host) => host.Services.GetRequiredService<IGrainFactory>();

    private static HostApplicationBuilder CreateBuilder()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.ClearProviders();
        return builder;
    }

    private static async Task<IHost> StartAsync(HostApplicationBuilder builder)
    {
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }
}
