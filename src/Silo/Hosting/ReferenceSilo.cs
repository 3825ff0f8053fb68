using Orleans.Runtime;
using OrleansAgents.A2A;
using OrleansAgents.Agents;
using OrleansAgents.Blackboard;
using OrleansAgents.Configuration;
using OrleansAgents.Conversations;
using OrleansAgents.Demo;
using OrleansAgents.Endpoints;
using OrleansAgents.Security;
using OrleansAgents.Topics;

namespace OrleansAgents.Hosting;

/// <summary>Puts the silo of the reference host together.</summary>
internal static class ReferenceSilo
{
    public static void AddReferenceSilo(this ISiloBuilder silo, SiloOptions options, SiloAddresses addresses, IHostEnvironment environment)
    {
        silo.UseCluster(options, addresses);
        silo.Configure<Orleans.Configuration.GrainCollectionOptions>(o => o.DeactivationTimeout = options.DrainTimeout);
        silo.Services.AddSingleton<IFatalErrorHandler, SiloDeath>();
        silo.Services.AddKeyedSingleton<TimeProvider>(TimeProviderNames.Membership, new SinceStartTimeProvider());
        AddStorage(silo, options);
        AddTrust(silo, options, environment);
        silo.AddAgents(agents =>
        {
            (agents.Audit, agents.AuditKeyFile) = (options.Audit, options.AuditKeyFile);
            agents.RecordConversations = options.RecordConversations;
            foreach (var label in options.Labels)
            {
                agents.Labels.Add(label);
            }
        });
        AddMinds(silo, options);
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

    /// <summary>Where agents rest, and how far back and how much is kept.</summary>
    private static void AddStorage(ISiloBuilder silo, SiloOptions options)
    {
        silo.Services.Configure<HandledWindow>(w => (w.Count, w.Age) = (options.HandledWindow.Count, options.HandledWindow.Age));
        silo.Services.Configure<TopicRetention>(t => (t.Age, t.Bytes) = (options.Topics.Age, options.Topics.Bytes));
        silo.Services.Configure<BlackboardOptions>(b =>
            (b.History, b.HistoryBytes, b.DocumentBytes) = (options.Blackboard.History, options.Blackboard.HistoryBytes, options.Blackboard.DocumentBytes));
        silo.Services.Configure<ConversationOptions>(c =>
            (c.Age, c.MaxMessages, c.MaxBytes) = (options.Conversations.Age, options.Conversations.MaxMessages, options.Conversations.MaxBytes));
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

    /// <summary>Who is believed, who may do what, and what others may read.</summary>
    private static void AddTrust(ISiloBuilder silo, SiloOptions options, IHostEnvironment environment)
    {
        if (options.Tls.Certificate is not null)
        {
            silo.UseTls(options.Tls.Apply);
        }

        silo.UseSignatures(
            options.Signatures ?? (environment.IsDevelopment() ? SignaturePolicy.None : SignaturePolicy.External),
            signatures => signatures.ClockAllowance = options.ClockAllowance);
        silo.Services.Configure<KeyRingOptions>(silo.Configuration.GetSection(SiloOptions.Section));
        silo.AddAccessRules();
        if (options.Encryption is { } encryption)
        {
            silo.UseEncryption(_ => { }).Services.Configure<EncryptionOptions>(encryption);
        }
    }

    /// <summary>What agents think with: models, what they may cost, and tools and agents elsewhere.</summary>
    private static void AddMinds(ISiloBuilder silo, SiloOptions options)
    {
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
}
