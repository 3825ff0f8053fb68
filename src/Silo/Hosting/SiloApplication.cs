using Microsoft.Extensions.Configuration.Memory;
using OrleansAgents.Agents;
using OrleansAgents.Configuration;
using OrleansAgents.Endpoints;
using OrleansAgents.Telemetry;

namespace OrleansAgents.Hosting;

/// <summary>Puts the reference host together.</summary>
internal static class SiloApplication
{
    /// <exception cref="SettingsException">A setting is invalid, or a port is taken.</exception>
    public static async Task<WebApplication> BuildAsync(string[] args)
    {
        var builder = CreateBuilder(args);
        var options = SiloSettings.Read(builder.Configuration);
        var urls = WebAddresses.Read(builder.Configuration);
        var addresses = await SiloAddresses.FindAsync(options);
        var open = DoorRule.Check(options, addresses.Listen, urls, builder.Configuration, builder.Environment.IsDevelopment());
        PortProbe.Check(options, addresses.Listen, urls);

        builder.Host.UseServiceProviderFactory(new WebFirstServiceProviderFactory());
        builder.Services.AddSingleton(options);
        // The one clock of the drain is the process's.
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = Timeout.InfiniteTimeSpan);
        builder.Services.AddAgentClient(o => o.Sender = "client/silo");
        builder.UseOrleans(silo => silo.AddReferenceSilo(options, addresses, builder.Environment));
        builder.UseCertificate(options);
        builder.Services.AddAgentsHttp(options.Http, options.Mcp, options.A2A);
        builder.AddSiloLogging();
        builder.AddSiloTelemetry(withPrometheus: options.Operator.Enabled);
        builder.Services.AddSingleton<StoreReach>();
        builder.Services.AddSingleton<Readiness>();
        return Map(builder.Build(), options, urls).WarnOf(open);
    }

    private static WebApplication Map(WebApplication app, SiloOptions options, IReadOnlyList<BindingAddress> urls)
    {
        SettingsFiles.LogFaults(app);
        app.MapHealth();
        app.MapAgents();
        if (options.Operator.Enabled)
        {
            foreach (var url in options.Operator.Urls.Count > 0 ? urls.Concat(options.Operator.Urls) : [])
            {
                app.Urls.Add(url.ToString());
            }

            app.MapOperator();
        }

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
}
