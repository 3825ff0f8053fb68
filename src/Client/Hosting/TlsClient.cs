using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using OrleansAgents.Security;

namespace OrleansAgents.Hosting;

/// <summary>Encrypts a client's connections.</summary>
public static class TlsClient
{
    /// <summary>
    /// Has the client's connections to silos go by TLS 1.2 or 1.3, with a certificate on both sides. The silos must have it
    /// too. The options are checked when the host starts; a fault is an
    /// <see cref="Microsoft.Extensions.Options.OptionsValidationException"/> that names the setting. A file that is replaced
    /// later is used for new connections, and one that cannot be used is logged and passed over.
    /// </summary>
    public static IClientBuilder UseTls(this IClientBuilder client, Action<TlsOptions> configure)
    {
        TlsServices.Add(client.Services, configure);
        client.Services.AddOptions<ClientConnectionOptions>().Configure<IServiceProvider>((options, services) =>
            options.ConfigureConnection(connection => connection.Use(services.GetRequiredService<TlsHandshake>().Connect)));
        return client;
    }
}
