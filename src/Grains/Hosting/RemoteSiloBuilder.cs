using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OrleansAgents.A2A;

namespace OrleansAgents.Hosting;

/// <summary>Gives agents elsewhere that speak A2A an address here.</summary>
public static class RemoteSiloBuilder
{
    /// <summary>
    /// Sets agents elsewhere, each with the address <c>remote/NAME</c>. All silos should have the same. May be called several times.
    /// </summary>
    public static ISiloBuilder AddRemoteAgents(this ISiloBuilder silo, Action<RemotesOptions> configure)
    {
        silo.Services.Configure(configure);
        return silo;
    }

    internal static ISiloBuilder AddRemotes(this ISiloBuilder silo)
    {
        var services = silo.Services;
        services.AddOptions<RemotesOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RemotesOptions>, RemotesOptionsValidation>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<RemoteAgents>();
        return silo.AddAgent(typeof(RemoteAgent));
    }
}
