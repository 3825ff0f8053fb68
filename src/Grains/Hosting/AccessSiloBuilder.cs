using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OrleansAgents.Security;

namespace OrleansAgents.Hosting;

/// <summary>Has a silo decide who may do what.</summary>
public static class AccessSiloBuilder
{
    /// <summary>
    /// Refuses messages that the access rules do not allow, as <c>not-allowed</c>; <see cref="AccessOptions"/> says how they
    /// decide. Give every silo of a cluster the same. A faulty rule fails the start of the silo. Rules whose options change
    /// later, by an options change token such as that of a configuration, hold from the next message on; a change that is
    /// faulty, or leaves no rule where there were some, is logged and changes nothing.
    /// </summary>
    public static ISiloBuilder UseAccessRules(this ISiloBuilder silo, Action<AccessOptions>? configure = null)
    {
        if (configure is not null)
        {
            silo.Services.Configure(configure);
        }

        silo.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IGateCheck, AccessCheck>());
        return silo;
    }
}
