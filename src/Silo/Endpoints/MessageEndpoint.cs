using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Tokens;
using OrleansAgents.Configuration;

namespace OrleansAgents.Endpoints;

/// <summary>The endpoint for messages: <c>POST /messages</c>.</summary>
internal static class MessageEndpoint
{
    private const int ShortestSecret = 32;

    /// <exception cref="SettingsException">The key of tokens cannot be used.</exception>
    public static void AddMessages(this IServiceCollection services, HttpOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<CallerKeys>();
        services.AddSingleton<HttpCallers>();
        services.AddSingleton<CallerRates>();
        services.AddSingleton<HttpDoor>();
        services.AddSingleton<MessageDoor>();
        if (options.Jwt is { } jwt)
        {
            var key = jwt.KeyFile is { } file ? ReadKey(file) : null;
            services.AddAuthentication().AddJwtBearer(bearer => Configure(bearer, jwt, key));
        }
    }

    private static void Configure(JwtBearerOptions bearer, JwtSettings jwt, SecurityKey? key)
    {
        bearer.Authority = jwt.Authority;
        bearer.Audience = jwt.Audience;
        // A key that is not known has the issuer's keys read again. Anybody can show one, so not more often than this; and an
        // issuer that goes over to a new key is not to wait five minutes because somebody did.
        bearer.RefreshInterval = TimeSpan.FromSeconds(10);
        // The claims keep the names that the token gives them.
        bearer.MapInboundClaims = false;
        var rules = bearer.TokenValidationParameters;
        rules.ValidIssuer = jwt.Issuer;
        rules.RequireSignedTokens = true;
        rules.RequireExpirationTime = true;
        if (key is not null)
        {
            rules.IssuerSigningKey = key;
        }
    }

    /// <summary>A public key in PEM form, or else a secret.</summary>
    private static SecurityKey ReadKey(string file)
    {
        var bytes = HttpSettings.ReadFile("Agents:Http:Jwt:KeyFile", file);
        var text = Encoding.UTF8.GetString(bytes);
        if (!text.Contains("-----BEGIN", StringComparison.Ordinal))
        {
            var secret = bytes.AsSpan().TrimEnd("\r\n"u8);
            return secret.Length >= ShortestSecret
                ? new SymmetricSecurityKey(secret.ToArray())
                : throw new SettingsException($"Agents:Http:Jwt:KeyFile is '{file}', which holds neither a public key in PEM form nor a secret of {ShortestSecret} bytes or more.");
        }

        return Try(() =>
        {
            var rsa = RSA.Create();
            rsa.ImportFromPem(text);
            return (SecurityKey)new RsaSecurityKey(rsa);
        }) ?? Try(() =>
        {
            var curve = ECDsa.Create();
            curve.ImportFromPem(text);
            return (SecurityKey)new ECDsaSecurityKey(curve);
        }) ?? throw new SettingsException($"Agents:Http:Jwt:KeyFile is '{file}', whose PEM text is no public key of RSA or ECDSA; give the one that the tokens' issuer signs with.");
    }

    private static SecurityKey? Try(Func<SecurityKey> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return null;
        }
    }
}
