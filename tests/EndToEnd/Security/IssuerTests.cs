using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using OrleansAgents.Tests.Hosting;

namespace OrleansAgents.Tests.Security;

/// <summary>A silo whose callers show tokens of an issuer that it knows by its address, and whose certificate changes while it runs.</summary>
public sealed class IssuerTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly int _port = Programs.FreePort();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _authority.Dispose();

    [Fact]
    public async Task Token_OfAnIssuerKnownByItsAddress_IsTakenAlsoWhenTheKeyChangesAndWhenTheIssuerIsAway()
    {
        var issuer = await TokenIssuer.StartAsync(_authority.Issue("issuer"));
        await using var silo = await StartAsync("http", ["--Agents:Http:Jwt:Authority", issuer.Url, "--Agents:Http:Jwt:Audience", "agents"]);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_port}") };
        var first = issuer.Sign("ann");
        Assert.Equal((HttpStatusCode.OK, "accepted"), await PostAsync(http, "client/ann", first));
        Assert.Equal((HttpStatusCode.Forbidden, "not-yours"), await PostAsync(http, "client/bob", first));
        Assert.Equal((HttpStatusCode.Unauthorized, "unauthenticated"), await PostAsync(http, "client/ann", issuer.Sign("ann", audience: "others")));
        await using (var stranger = await TokenIssuer.StartAsync(_authority.Issue("stranger")))
        {
            Assert.Equal((HttpStatusCode.Unauthorized, "unauthenticated"), await PostAsync(http, "client/ann", stranger.Sign("ann")));
        }

        issuer.ChangeKey();
        var second = issuer.Sign("ann");
        // The first one that is not known has the keys read again, beside the requests.
        await UntilAsync(async () => await PostAsync(http, "client/ann", second) == (HttpStatusCode.OK, "accepted"));
        await issuer.DisposeAsync();
        Assert.Equal((HttpStatusCode.OK, "accepted"), await PostAsync(http, "client/ann", second));
    }

    [Fact]
    public async Task Https_WhoseCertificateIsReplaced_ShowsTheNewOneAndKeepsItsConnections()
    {
        var (old, next) = (_authority.Issue("silo"), _authority.Issue("silo"));
        await using var silo = await StartAsync(
            "https", ["--Agents:Tls:Certificate", old.File, "--Agents:Tls:Key", old.Key, "--Agents:Tls:Authority", old.Authority]);
        using var http = new HttpClient(new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = _authority.Trust() } }) { BaseAddress = new Uri($"https://127.0.0.1:{_port}") };
        Assert.Equal("live", await http.GetStringAsync("/healthz/live", Token));
        Assert.Equal(old.Serial, await ReadSerialAsync());
        old.ReplaceBy(next);
        await UntilAsync(async () => await ReadSerialAsync() == next.Serial);
        Assert.Equal("live", await http.GetStringAsync("/healthz/live", Token));
    }

    private static async Task<(HttpStatusCode Status, string? Said)> PostAsync(HttpClient http, string sender, string bearer)
    {
        var message = $$$"""{"sender":"{{{sender}}}","recipient":"counter/tokens","type":"counter.add","payload":{"amount":1}}""";
        using var request = new HttpRequestMessage(HttpMethod.Post, "/messages") { Content = new StringContent(message, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        using var response = await http.SendAsync(request, Token);
        var answer = JsonElement.Parse(await response.Content.ReadAsStringAsync(Token));
        return (response.StatusCode, (answer.TryGetProperty("outcome", out var outcome) && response.IsSuccessStatusCode ? outcome : answer.GetProperty("code")).GetString());
    }

    private async Task<RunningProgram> StartAsync(string scheme, string[] settings)
    {
        var silo = RunningProgram.Start(
            Programs.Silo,
            ["--Agents:Profile", "Memory", "--Agents:Signatures", "None", "--urls", $"{scheme}://127.0.0.1:{_port}", "--Agents:GatewayPort", $"{Programs.FreePort()}", "--Agents:SiloPort", $"{Programs.FreePort()}", .. settings],
            // Whom the system trusts, to this process.
            environment: new Dictionary<string, string>(StringComparer.Ordinal) { ["SSL_CERT_FILE"] = _authority.File });
        await silo.FirstLine.WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System, Token);
        return silo;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromMinutes(1));
        while (!await condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, patience.Token);
        }
    }

    private async Task<string> ReadSerialAsync()
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, _port, Token);
        await using var tls = new SslStream(connection.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "127.0.0.1", CertificateChainPolicy = _authority.Trust() }, Token);
        return ((X509Certificate2)tls.RemoteCertificate!).SerialNumber;
    }
}
