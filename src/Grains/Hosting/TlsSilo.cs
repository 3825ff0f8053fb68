using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using OrleansAgents.Security;

namespace OrleansAgents.Hosting;

/// <summary>Encrypts a silo's connections.</summary>
public static class TlsSilo
{
    /// <summary>
    /// Has the silo's connections, with other silos and with clients, go by TLS 1.2 or 1.3, each with a certificate on both
    /// sides. All silos and clients of a cluster must have it, or none. The options are checked at start, when the files are
    /// read; a fault is an <see cref="Microsoft.Extensions.Options.OptionsValidationException"/> that names the setting. A
    /// file that is replaced later is used for new connections, and one that cannot be used is logged and passed over. A
    /// connection whose handshake fails, or takes longer than 10 seconds, is closed and logged, and nothing else.
    /// </summary>
    public static ISiloBuilder UseTls(this ISiloBuilder silo, Action<TlsOptions> configure)
    {
        TlsServices.Add(silo.Services, configure);
        silo.Services.AddOptions<SiloConnectionOptions>().Configure<IServiceProvider>((options, services) =>
        {
            options.ConfigureSiloInboundConnection(connection => connection.Use(Handshake(services).Accept));
            options.ConfigureGatewayInboundConnection(connection => connection.Use(Handshake(services).Accept));
            options.ConfigureSiloOutboundConnection(connection => connection.Use(Handshake(services).Connect));
        });
        return silo;
    }

    private static TlsHandshake Handshake(IServiceProvider services) => services.GetRequiredService<TlsHandshake>();
}
