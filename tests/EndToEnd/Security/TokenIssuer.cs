using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OrleansAgents.Tests.Hosting;

namespace OrleansAgents.Tests.Security;

/// <summary>An issuer of tokens that says by https, as OpenID Connect Discovery 1.0 has it, which keys it signs with. It may change them.</summary>
internal sealed class TokenIssuer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly X509Certificate2 _certificate;
    private ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private int _number = 1;

    private TokenIssuer(string url, TestCertificate certificate)
    {
        Url = url;
        _certificate = X509Certificate2.CreateFromPemFile(certificate.File, certificate.Key);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url).UseKestrelHttpsConfiguration().ConfigureKestrel(server => server.ConfigureHttpsDefaults(https => https.ServerCertificate = _certificate));
        _app = builder.Build();
        _app.MapGet("/.well-known/openid-configuration", () => Results.Text($$"""{"issuer":"{{url}}","jwks_uri":"{{url}}/keys"}""", "application/json"));
        _app.MapGet("/keys", () => Results.Text(WriteKeys(), "application/json"));
    }

    public string Url { get; }

    public static async Task<TokenIssuer> StartAsync(TestCertificate certificate)
    {
        var issuer = new TokenIssuer($"https://127.0.0.1:{Programs.FreePort()}", certificate);
        await issuer._app.StartAsync(TestContext.Current.CancellationToken);
        return issuer;
    }

    /// <summary>Signs with another key from now on, and knows the one before no more.</summary>
    public void ChangeKey()
    {
        _key.Dispose();
        (_key, _number) = (ECDsa.Create(ECCurve.NamedCurves.nistP256), _number + 1);
    }

    public string Sign(string subject, string audience = "agents") => TestToken.Sign(_key, Url, subject, audience, keyId: $"key-{_number}");

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _certificate.Dispose();
        _key.Dispose();
    }

    private string WriteKeys()
    {
        var point = _key.ExportParameters(includePrivateParameters: false).Q;
        return $$"""{"keys":[{"kty":"EC","crv":"P-256","use":"sig","alg":"ES256","kid":"key-{{_number}}","x":"{{Base64Url.EncodeToString(point.X)}}","y":"{{Base64Url.EncodeToString(point.Y)}}"}]}""";
    }
}
