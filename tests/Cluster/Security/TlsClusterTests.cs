using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OrleansAgents.Agents;
using OrleansAgents.Hosting;
using OrleansAgents.Security;
using OrleansAgents.Tests.Agents;

namespace OrleansAgents.Tests.Security;

/// <summary>Silos that speak TLS, and clients of all sorts.</summary>
public sealed class TlsClusterTests(TlsSilos silos) : IClassFixture<TlsSilos>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Silos_WithTls_AnswerThroughOneAnother()
    {
        var agents = silos.Client;
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
        using var host = await silos.ConnectAsync(client => client.UseTls(o => TlsSilos.Set(o, silos.Authority.Issue("outside"))));
        var answer = await host.Services.GetRequiredService<IAgentClient>().Agent("greeter/a").AskAsync(new Greet("you"), cancellationToken: Token);
        Assert.Equal("Hello, you!", answer.Text);
        await host.StopAsync(Token);
    }

    [Fact]
    public async Task Client_WithACertificateOfAnotherAuthority_IsRefused() =>
        await Assert.ThrowsAnyAsync<Exception>(() => silos.ConnectAsync(client => client.UseTls(o => TlsSilos.Set(o, silos.Other.Issue("outside") with { Authority = silos.Authority.File }))));

    [Fact]
    public async Task Client_WithoutTls_IsRefused() => await Assert.ThrowsAnyAsync<Exception>(() => silos.ConnectAsync(static _ => { }));

    [Fact]
    public async Task Client_WhoseCertificateExpired_DoesNotStart()
    {
        var expired = silos.Authority.Issue("outside", from: TimeProvider.System.GetUtcNow().AddDays(-9), until: TimeProvider.System.GetUtcNow().AddDays(-1));
        var fault = await Assert.ThrowsAsync<OptionsValidationException>(() => silos.ConnectAsync(client => client.UseTls(o => TlsSilos.Set(o, expired))));
        Assert.Contains("TlsOptions.CertificateFile", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificates_ReplacedUnderLoad_FailNoCallAndAreShownToNewConnections()
    {
        var agents = silos.Client;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var load = Enumerable.Range(0, 8).Select(i => LoadAsync(agents, i, end.Token)).ToArray();
        var next = silos.Authority.Issue("silo-next");
        silos.Certificate.ReplaceBy(next);
        foreach (var silo in silos.Services)
        {
            await UntilAsync(() => silo.GetRequiredService<TlsCertificates>().Current.Certificate.SerialNumber == next.Serial);
        }

        using (var host = await silos.ConnectAsync(client => client.UseTls(o =>
        {
            TlsSilos.Set(o, silos.Authority.Issue("outside"));
            o.Names.Add("silo-next.test");
        })))
        {
            await host.Services.GetRequiredService<IAgentClient>().Agent("greeter/b").AskAsync(new Greet("you"), cancellationToken: Token);
            await host.StopAsync(Token);
        }

        await end.CancelAsync();
        Assert.All(await Task.WhenAll(load), answered => Assert.True(answered > 0));
    }

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
        patience.CancelAfter(TlsSilos.Patience);
        while (!reached())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
        }
    }
}
