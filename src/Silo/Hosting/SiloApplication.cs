using Microsoft.Extensions.Configuration.Memory;
using Orleans.Runtime;
using OrleansAgents.Agents;
using OrleansAgents.Blackboard;
using OrleansAgents.Configuration;
using OrleansAgents.Conversations;
using OrleansAgents.Demo;
using OrleansAgents.Endpoints;
using OrleansAgents.Security;
using OrleansAgents.Telemetry;
using OrleansAgents.Topics;

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
        builder.UseOrleans(silo => AddSilo(silo, options, addresses, builder.Environment));
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

    private static void AddSilo(ISiloBuilder silo, SiloOptions options, SiloAddresses addresses, IHostEnvironment environment)
    {
        silo.UseCluster(options, addresses);
        if (options.Tls.Certificate is not null)
        {
            silo.UseTls(options.Tls.Apply);
        }

        silo.Configure<Orleans.Configuration.GrainCollectionOptions>(o => o.DeactivationTimeout = options.DrainTimeout);
        silo.Services.AddSingleton<IFatalErrorHandler, SiloDeath>();
        silo.Services.AddKeyedSingleton<TimeProvider>(TimeProviderNames.Membership, new SinceStartTimeProvider());
        silo.Services.Configure<HandledWindow>(w => (w.Count, w.Age) = (options.HandledWindow.Count, options.HandledWindow.Age));
        silo.Services.Configure<TopicRetention>(t => (t.Age, t.Bytes) = (options.Topics.Age, options.Topics.Bytes));
        silo.Services.Configure<BlackboardOptions>(b =>
            (b.History, b.HistoryBytes, b.DocumentBytes) = (options.Blackboard.History, options.Blackboard.HistoryBytes, options.Blackboard.DocumentBytes));
        silo.Services.Configure<ConversationOptions>(c =>
            (c.Age, c.MaxMessages, c.MaxBytes) = (options.Conversations.Age, options.Conversations.MaxMessages, options.Conversations.MaxBytes));
        AddStorage(silo, options);
        silo.UseSignatures(
            options.Signatures ?? (environment.IsDevelopment() ? SignaturePolicy.None : SignaturePolicy.External),
            signatures => signatures.ClockAllowance = options.ClockAllowance);
        silo.Services.Configure<KeyRingOptions>(silo.Configuration.GetSection(SiloOptions.Section));
        silo.AddAccessRules();
        silo.AddAgents(agents =>
        {
            (agents.Audit, agents.AuditKeyFile) = (options.Audit, options.AuditKeyFile);
            agents.RecordConversations = options.RecordConversations;
            foreach (var label in options.Labels)
            {
                agents.Labels.Add(label);
            }
        });
        silo.AddModels(options.Models);
        silo.AddToolServers(options.Mcp.Servers);
        silo.WithSpendingLimits(limits =>
        {
            foreach (var (name, limit) in options.Limits.Limits)
            {
                limits.Limits[name] = limit;
            }
        });
        silo.AddRemoteAgents(options.Remotes);
        if (options.Encryption is { } encryption)
        {
            silo.UseEncryption(_ => { }).Services.Configure<EncryptionOptions>(encryption);
        }

        AddPush(silo, options.A2A);
        if (options.Demo)
        {
            silo.AddDemoAgents();
        }

        if (options.Operator.Enabled)
        {
            silo.AddOperator();
        }

        silo.AddUserAgents(options.Assemblies);
    }

    private static void AddPush(ISiloBuilder silo, A2AOptions options)
    {
        if (options.Enabled)
        {
            silo.AddPushNotifications(push =>
            {
                push.Patience = options.PushPatience;
                foreach (var host in options.PushHosts)
                {
                    push.Hosts.Add(host);
                }
            });
        }
    }

    private static void AddStorage(ISiloBuilder silo, SiloOptions options)
    {
        // That of Redis came with the cluster.
        if (options.Profile == SiloProfile.Memory)
        {
            silo.UseMemoryStorage();
        }
        else if (options.Profile == SiloProfile.Embedded)
        {
            silo.UseSqliteStorage(store => (store.DataDirectory, store.Synchronous) = (options.DataDirectory, options.Synchronous));
        }
    }
}
