using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using OrleansAgents.Tests.Hosting;
using OrleansAgents.Tests.Redis;

namespace OrleansAgents.Tests.Security;

/// <summary>Two silos on a Redis that speak TLS with one another, with clients and by https; and a third of a cluster of its own that does not.</summary>
public sealed class SecureSilos : IAsyncLifetime
{
    public const string Key = "the-key-of-the-shop-is-this";
    public const string SlowKey = "the-key-of-the-slow-is-this";

    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _other = new("other");
    private readonly List<RedisSilo> _silos = [];
    private readonly ECDsa _tokens = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private RedisServer? _redis;
    private HttpClient? _http;

    internal RedisSilo Secure => _silos[0];

    internal RedisSilo Other => _silos[1];

    internal RedisSilo Plain => _silos[2];

    internal string Redis => _redis!.ConnectionString;

    internal TestCertificate Client { get; private set; } = null!;

    internal TestCertificate Foreign { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        (Client, Foreign) = (_authority.Issue("client"), _other.Issue("client") with { Authority = _authority.File });
        var silo = _authority.Issue("silo");
        string[] tls = ["--Agents:Tls:Certificate", silo.File, "--Agents:Tls:Key", silo.Key, "--Agents:Tls:Authority", silo.Authority];
        string[] http =
        [
            "--Agents:Http:Keys:0:Id", "shop", "--Agents:Http:Keys:0:Identity", "client/shop", "--Agents:Http:Keys:0:Sha256", Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Key))),
            "--Agents:Http:Keys:1:Id", "slow", "--Agents:Http:Keys:1:Identity", "client/slow", "--Agents:Http:Keys:1:File", _authority.Write("slow.key", SlowKey),
            "--Agents:Http:Keys:1:Rate:PerSecond", "1", "--Agents:Http:Keys:1:Rate:Burst", "2",
            "--Agents:Http:Jwt:Issuer", "the-test", "--Agents:Http:Jwt:Audience", "agents", "--Agents:Http:Jwt:KeyFile", _authority.Write("tokens.pem", _tokens.ExportSubjectPublicKeyInfoPem()),
        ];
        // As in production, but that callers are told apart by their certificates, keys and tokens alone.
        http = [.. http, "--environment", "Production", "--Agents:Signatures", "None"];
        _silos.Add(new RedisSilo(Redis, [.. tls, .. http], scheme: "https"));
        _silos.Add(new RedisSilo(Redis, tls, scheme: "https"));
        _silos.Add(new RedisSilo(Redis, ["--Agents:Cluster", "plain"]));
        await Task.WhenAll(_silos.Select(s => s.ReadyAsync()));
        _http = new HttpClient(new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = _authority.Trust() } }) { BaseAddress = new Uri(Secure.Url) };
    }

    internal static string[] Tls(TestCertificate certificate) =>
        ["--tls-certificate", certificate.File, "--tls-key", certificate.Key, "--tls-authority", certificate.Authority];

    internal static async Task<(int Code, string Output, string Error)> AgentsAsync(params string[] arguments)
    {
        await using var program = RunningProgram.Start(Programs.Agents, arguments);
        return (await program.ExitAsync(TestContext.Current.CancellationToken), program.Output, program.Error);
    }

    /// <summary>Sends a message by https; the credentials are a bearer key or token, or null.</summary>
    internal async Task<(HttpStatusCode Status, JsonElement Receipt, HttpResponseHeaders Headers)> PostAsync(string message, string? bearer)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/messages") { Content = new StringContent(message, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = bearer is null ? null : new AuthenticationHeaderValue("Bearer", bearer);
        using var response = await _http!.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (response.StatusCode, JsonDocument.Parse(text).RootElement, response.Headers);
    }

    /// <summary>A token as an issuer would sign it.</summary>
    internal string Token(string subject, string audience = "agents", TimeSpan? life = null) => TestToken.Sign(_tokens, "the-test", subject, audience, life);

    public async ValueTask DisposeAsync()
    {
        _http?.Dispose();
        foreach (var silo in _silos)
        {
            await silo.DisposeAsync();
        }

        await (_redis?.DisposeAsync() ?? ValueTask.CompletedTask);
        _tokens.Dispose();
        _authority.Dispose();
        _other.Dispose();
    }
}
