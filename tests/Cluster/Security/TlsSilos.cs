using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansAgents.Agents;
using OrleansAgents.Hosting;
using OrleansAgents.Security;
using OrleansAgents.Tests.Agents;
using OrleansAgents.Tests.Redis;

namespace OrleansAgents.Tests.Security;

/// <summary>Two silos in this process that speak by sockets and TLS, and a client of theirs. The second joins by way of the first.</summary>
public sealed class TlsSilos : IAsyncLifetime
{
    private readonly List<IHost> _hosts = [];
    private readonly int _gateway = Ports.Next();
    private readonly int _primary = Ports.Next();

    public TlsSilos() => Certificate = Authority.Issue("silo");

    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(60);

    internal TestAuthority Authority { get; } = new();

    internal TestAuthority Other { get; } = new("other");

    /// <summary>What the silos show; they look at its files every second.</summary>
    internal TestCertificate Certificate { get; }

    public IEnumerable<IServiceProvider> Services => _hosts.Take(2).Select(host => host.Services);

    public IAgentClient Client => _hosts[2].Services.GetRequiredService<IAgentClient>();

    public async ValueTask InitializeAsync()
    {
        await StartSiloAsync(_primary, _gateway);
        await StartSiloAsync(Ports.Next(), Ports.Next());
        _hosts.Add(await ConnectAsync(client => client.UseTls(options => Set(options, Certificate))));
    }

    internal static void Set(TlsOptions options, TestCertificate certificate) =>
        (options.CertificateFile, options.KeyFile, options.AuthorityFile, options.ReloadPeriod) = (certificate.File, certificate.Key, certificate.Authority, TimeSpan.FromSeconds(1));

    internal async Task<IHost> ConnectAsync(Action<IClientBuilder> configure)
    {
        var builder = Create();
        builder.UseOrleansClient(client =>
        {
            client.UseLocalhostClustering(_gateway).UseConnectionRetryFilter((_, _) => Task.FromResult(false));
            configure(client);
        });
        builder.Services.AddAgentClient(o => o.Sender = "client/outside");
        return await StartAsync(builder.Build());
    }

    public async ValueTask DisposeAsync()
    {
        // The client first, and the silo last by way of which the other joined.
        foreach (var host in Enumerable.Reverse(_hosts))
        {
            await host.StopAsync(CancellationToken.None);
            host.Dispose();
        }

        Authority.Dispose();
        Other.Dispose();
    }

    private async Task StartSiloAsync(int port, int gateway)
    {
        var builder = Create();
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(port, gateway, new IPEndPoint(IPAddress.Loopback, _primary))
            .UseSignatures(SignaturePolicy.None).AddAgents().UseMemoryStorage().AddAgent<GreeterAgent>()
            .UseTls(options => Set(options, Certificate)));
        _hosts.Add(await StartAsync(builder.Build()));
    }

    private static HostApplicationBuilder Create()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.ClearProviders();
        return builder;
    }

    private static async Task<IHost> StartAsync(IHost host)
    {
        try
        {
            await host.StartAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken);
            return host;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }
}
