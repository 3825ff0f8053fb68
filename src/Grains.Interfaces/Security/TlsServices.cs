using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace OrleansAgents.Security;

/// <summary>What silos and clients need alike.</summary>
internal static class TlsServices
{
    public static void Add(IServiceCollection services, Action<TlsOptions> configure)
    {
        services.AddOptions<TlsOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TlsOptions>, TlsOptionsValidation>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<HandshakeLog>();
        services.TryAddSingleton<TlsCertificates>();
        services.TryAddSingleton<TlsHandshake>();
    }
}
