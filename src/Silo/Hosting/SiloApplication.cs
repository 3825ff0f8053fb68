using Microsoft.Extensions.Configuration.Memory;
using Orleans.Runtime;
using OrleansAgents.Agents;
using OrleansAgents.Configuration;
using OrleansAgents.Demo;
using OrleansAgents.Endpoints;
using OrleansAgents.Telemetry;
using OrleansAgents.Topics;

namespace OrleansAgents.Hosting;

/// <summary>Puts the reference host together.</summary>
internal static class SiloApplication
{
    private const string ClusterName = "agents";

    /// <exception cref="SettingsException">A setting is invalid, or a port is taken.</exception>
    public static WebApplication Build(string[] args)
    {
        var builder = CreateBuilder(args);
        var options = SiloSettings.Read(builder.Configuration);
        PortProbe.Check(options, SiloSettings.ReadUrls(builder.Configuration));

        builder.Host.UseServiceProviderFactory(new WebFirstServiceProviderFactory());
        builder.Services.AddSingleton(options);
        // The one clock of the drain is the process's.
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = Timeout.InfiniteTimeSpan);
        builder.Services.AddAgentClient(o => o.Sender = "client/silo");
        builder.UseOrleans(silo => AddSilo(silo, options));
        builder.AddSiloLogging();
        builder.AddSiloTelemetry();
        builder.Services.AddSingleton<Readiness>();

        var app = builder.Build();
        app.MapHealth();
        app.MapPrometheusScrapingEndpoint("/metrics");
        return app;
    }

    private static WebApplicationBuilder CreateBuilder(string[] args)
    {
        try
        {
            var builder = WebApplication.CreateBuilder(args);
            ((IConfigurationBuilder)builder.Configuration).Sources.Insert(0, new MemoryConfigurationSource { InitialData = SiloSettings.Defaults });
            return builder;
        }
        catch (Exception e) when (e is FormatException or InvalidDataException)
        {
            throw new SettingsException($"The settings cannot be read: {(e.InnerException ?? e).Message.ReplaceLineEndings(" ")} Write --NAME=VALUE on the command line and valid JSON in appsettings.json.");
        }
    }

    private static void AddSilo(ISiloBuilder silo, SiloOptions options)
    {
        silo.UseLocalhostClustering(options.SiloPort, options.GatewayPort, serviceId: ClusterName, clusterId: ClusterName);
        silo.Configure<Orleans.Configuration.GrainCollectionOptions>(o => o.DeactivationTimeout = options.DrainTimeout);
        silo.Services.AddKeyedSingleton<TimeProvider>(TimeProviderNames.Membership, new SinceStartTimeProvider());
        silo.Services.Configure<HandledWindow>(w => (w.Count, w.Age) = (options.HandledWindow.Count, options.HandledWindow.Age));
        silo.Services.Configure<TopicRetention>(t => (t.Age, t.Bytes) = (options.Topics.Age, options.Topics.Bytes));
        _ = options.Profile == SiloProfile.Memory ? silo.UseMemoryStorage() : silo.UseSqliteStorage(store =>
        {
            store.DataDirectory = options.DataDirectory;
            store.Synchronous = options.Synchronous;
        });
        silo.AddAgents();
        if (options.Demo)
        {
            silo.AddDemoAgents();
        }

        silo.AddUserAgents(options.Assemblies);
    }
}
