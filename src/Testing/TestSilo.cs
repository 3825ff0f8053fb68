using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using OrleansAgents.Agents;
using OrleansAgents.Testing.Hosting;

namespace OrleansAgents.Testing;

/// <summary>One silo of a test cluster.</summary>
public sealed class TestSilo
{
    internal TestSilo(InProcessSiloHandle handle)
    {
        Handle = handle;
        Life = handle.ServiceProvider.GetRequiredService<TestSiloLife>();
    }

    /// <summary>Its name within the cluster.</summary>
    public string Name => Life.Name;

    /// <summary>Which silo of the cluster it is, from 0: first those that it started with, then those started later.</summary>
    public int Number => Life.Number;

    /// <summary>False once it was stopped or killed.</summary>
    public bool IsActive => Handle.IsActive && !Life.IsKilled;

    /// <summary>Its services. Not to be used once it is not active.</summary>
    public IServiceProvider Services => Handle.ServiceProvider;

    /// <summary>The client within it: what it sends to agents of the same silo is not serialized.</summary>
    public IAgentClient Client => Services.GetRequiredService<IAgentClient>();

    internal InProcessSiloHandle Handle { get; }

    internal TestSiloLife Life { get; }

    /// <summary>Its name.</summary>
    public override string ToString() => Name;
}
