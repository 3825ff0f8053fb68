using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.TestingHost;
using OrleansAgents.Agents;
using OrleansAgents.Hosting;
using OrleansAgents.Security;
using OrleansAgents.Tests.Agents;

namespace OrleansAgents.Tests.Security;

/// <summary>Two silos that speak by sockets and TLS, and clients of all sorts.</summary>
public sealed class TlsClusterTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _other = new("other");
    private readonly TestCertificate _silo;
    private InProcessTestCluster? _cluster;

    public TlsClusterTests() => _silo = _authority.Issue("silo");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(2);
        builder.Options.ConnectionTransport = ConnectionTransportType.TcpSocket;
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddAgents().UseMemoryStorage().AddAgent<GreeterAgent>();
            silo.UseTls(options => Set(options, _silo));
        });
        builder.ConfigureClient(client =>
        {
            client.Services.AddAgentClient(o => o.Sender = "client/test");
            client.UseTls(options => Set(options, _silo));
        });
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    [Fact]
    public async Task Silos_WithTls_AnswerThroughOneAnother()
    {
        var agents = _cluster!.Client.ServiceProvider.GetRequiredService<IAgentClient>();
        // Of so many agents some live at the one silo and some at the other, and each asks on.
        for (var i = 0; i < 16; i++)
        {
            var answer = await agents.Agent($"greeter/{i}").AskAsync(new AskOn([$"greeter/to-{i}"]), cancellationToken: Token);
            Assert.Equal($"greeter/to-{i} is the end", answer.Text);
        }
    }

    [Fact]
    public async Task Client_WithACertificateOfTheAuthority_IsAnswered()
    {
        using var host = await ConnectAsync(client => client.UseTls(o => Set(o, _authority.Issue("outside"))));
        var answer = await host.Services.GetRequiredService<IAgentClient>().Agent("greeter/a").AskAsync(new Greet("you"), cancellationToken: Token);
        Assert.Equal("Hello, you!", answer.Text);
        await host.StopAsync(Token);
    }

    [Fact]
    public async Task Client_WithACertificateOfAnotherAuthority_IsRefused() =>
        await Assert.ThrowsAnyAsync<Exception>(() => ConnectAsync(client => client.UseTls(o => Set(o, _other.Issue("outside") with { Authority = _authority.File }))));

    [Fact]
    public async Task Client_WithoutTls_IsRefused() => await Assert.ThrowsAnyAsync<Exception>(() => ConnectAsync(static _ => { }));

    [Fact]
    public async Task Client_WhoseCertificateExpired_DoesNotStart()
    {
        var expired = _authority.Issue("outside", from: TimeProvider.System.GetUtcNow().AddDays(-9), until: TimeProvider.System.GetUtcNow().AddDays(-1));
        var fault = await Assert.ThrowsAsync<OptionsValidationException>(() => ConnectAsync(client => client.UseTls(o => Set(o, expired))));
        Assert.Contains("TlsOptions.CertificateFile", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificates_ReplacedUnderLoad_FailNoCallAndAreShownToNewConnections()
    {
        var agents = _cluster!.Client.ServiceProvider.GetRequiredService<IAgentClient>();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var load = Enumerable.Range(0, 8).Select(i => LoadAsync(agents, i, end.Token)).ToArray();
        var next = _authority.Issue("silo-next");
        _silo.ReplaceBy(next);
        foreach (var silo in _cluster.Silos)
        {
            await UntilAsync(() => silo.ServiceProvider.GetRequiredService<TlsCertificates>().Current.Certificate.SerialNumber == next.Serial);
        }

        using (var host = await ConnectAsync(client => client.UseTls(o =>
        {
            Set(o, _authority.Issue("outside"));
            o.Names.Add("silo-next.test");
        })))
        {
            await host.Services.GetRequiredService<IAgentClient>().Agent("greeter/b").AskAsync(new Greet("you"), cancellationToken: Token);
            await host.StopAsync(Token);
        }

        await end.CancelAsync();
        Assert.All(await Task.WhenAll(load), answered => Assert.True(answered > 0));
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.StopAllSilosAsync(CancellationToken.None);
            await _cluster.DisposeAsync();
        }

        _authority.Dispose();
        _other.Dispose();
    }

    private static void Set(TlsOptions options, TestCertificate certificate) =>
        (options.CertificateFile, options.KeyFile, options.AuthorityFile, options.ReloadPeriod) = (certificate.File, certificate.Key, certificate.Authority, TimeSpan.FromSeconds(1));

    /// <summary>Asks until it is told to end; a call that fails fails the test.</summary>
    private static async Task<int> LoadAsync(IAgentClient agents, int worker, CancellationToken end)
    {
        var answered = 0;
        while (!end.IsCancellationRequested)
        {
            await agents.Agent($"greeter/load-{worker}-{answered % 10}").AskAsync(new Greet("you"), cancellationToken: Token);
            answered++;
        }

        return answered;
    }

    private static async Task UntilAsync(Func<bool> reached)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(Patience);
        while (!reached())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
        }
    }

    private async Task<IHost> ConnectAsync(Action<IClientBuilder> configure)
    {
        var gateway = _cluster!.Silos[0].GatewayAddress.Endpoint;
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.ClearProviders();
        builder.UseOrleansClient(client =>
        {
            client.UseStaticClustering(new IPEndPoint(gateway.Address, gateway.Port))
                .Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (_cluster.Options.ClusterId, _cluster.Options.ServiceId))
                .UseConnectionRetryFilter((_, _) => Task.FromResult(false));
            configure(client);
        });
        builder.Services.AddAgentClient(o => o.Sender = "client/outside");
        var host = builder.Build();
        try
        {
            await host.StartAsync(Token).WaitAsync(Patience, TimeProvider.System, Token);
            return host;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }
}
