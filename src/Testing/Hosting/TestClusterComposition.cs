using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.TestingHost;
using OrleansAgents.Agents;
using OrleansAgents.Hosting;
using OrleansAgents.Memory;
using OrleansAgents.Security;
using OrleansAgents.Testing.Probes;
using OrleansAgents.Topics;

namespace OrleansAgents.Testing.Hosting;

/// <summary>Puts the silos and the client of a test cluster together.</summary>
internal sealed class TestClusterComposition(AgentTestClusterOptions options, TestNetwork network, ProbeBook probes)
{
    private int _silos;
    private readonly IAgentStore _store = options.Store ?? new MemoryAgentStore(window: null, network.Time);

    public InProcessTestCluster Build()
    {
        var builder = new InProcessTestClusterBuilder((short)options.Silos);
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureSilo((silo, builder) => ComposeSilo(builder, new TestSiloLife(NumberOf(silo))));
        builder.ConfigureClient(client =>
        {
            SetTime(client.Services);
            AddClient(client.Services);
            client.Services.AddSingleton<IOutgoingGrainCallFilter>(new OutgoingMessages(network));
            // A minute otherwise, and until then it takes the kinds of a silo that came behind it for none.
            client.Services.Configure<TypeManagementOptions>(types => types.TypeMapRefreshInterval = TimeSpan.FromMilliseconds(250));
            foreach (var configure in options.OutsideActions)
            {
                configure(client);
            }
        });
        return builder.Build();
    }

    /// <summary>Those that the cluster starts with are started at once, in any order; each later one by itself.</summary>
    private int NumberOf(InProcessTestSiloSpecificOptions silo) => Interlocked.Increment(ref _silos) <= options.Silos
        ? int.Parse(silo.SiloName[(silo.SiloName.LastIndexOf('_') + 1)..], System.Globalization.CultureInfo.InvariantCulture)
        : _silos - 1;

    private void ComposeSilo(ISiloBuilder silo, TestSiloLife life)
    {
        var services = silo.Services;
        SetTime(services);
        // Tests need no keys; those about signatures set a policy of their own.
        silo.UseSignatures(SignaturePolicy.None).AddAgents(Apply(options.AgentActions)).AddAgent<ProbeAgent>();
        services.AddSingleton(probes);
        services.AddSingleton(life);
        foreach (var configure in options.SiloActions)
        {
            configure(silo, life.Number);
        }

        AddStore(silo, life);
        AddClient(services);
        var incoming = new IncomingMessages(network, life);
        services.AddSingleton(incoming);
        services.AddSingleton<IIncomingGrainCallFilter>(incoming);
        services.AddSingleton<IOutgoingGrainCallFilter>(new OutgoingMessages(network, life));
    }

    private void AddStore(ISiloBuilder silo, TestSiloLife life)
    {
        var services = silo.Services;
        if (!services.Any(s => s.ServiceType == typeof(IAgentStore)))
        {
            services.AddSingleton(_store);
            if ((options.TopicLog ?? _store as ITopicLog) is { } log)
            {
                services.AddSingleton(log);
            }
        }

        // Whoever chose the store, and however, the silo sees it through the faults.
        var chosen = services.Last(s => s.ServiceType == typeof(IAgentStore));
        services.Remove(chosen);
        services.AddSingleton<IAgentStore>(provider => new FaultyAgentStore(Create(chosen, provider), network, life));
    }

    private static IAgentStore Create(ServiceDescriptor chosen, IServiceProvider provider) => (IAgentStore)(
        chosen.ImplementationInstance
        ?? chosen.ImplementationFactory?.Invoke(provider)
        ?? ActivatorUtilities.CreateInstance(provider, chosen.ImplementationType!));

    private void AddClient(IServiceCollection services)
    {
        services.AddAgentClient(client => client.Sender = "client/test");
        foreach (var configure in options.ClientActions)
        {
            services.Configure(configure);
        }
    }

    private void SetTime(IServiceCollection services)
    {
        if (options.Time is { } time)
        {
            services.Replace(ServiceDescriptor.Singleton<TimeProvider>(time));
            services.UseTimeProviderForBackgroundAreas(TimeProvider.System);
        }
    }

    private static Action<T> Apply<T>(IEnumerable<Action<T>> actions) => target =>
    {
        foreach (var action in actions)
        {
            action(target);
        }
    };
}
