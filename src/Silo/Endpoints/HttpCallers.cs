using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Net.Http.Headers;
using OrleansAgents.Agents;
using OrleansAgents.Configuration;
using OrleansAgents.Messaging;

namespace OrleansAgents.Endpoints;

/// <summary>Who sends a request.</summary>
/// <param name="Identity">The address that its messages come from; null for nobody in particular.</param>
/// <param name="Rate">How many messages it may send; null for the usual.</param>
internal sealed record HttpCaller(AgentId? Identity, HttpRate? Rate = null)
{
    private static readonly AgentId Nobody = new("client", "http");

    /// <summary>The address that its messages come from where they name none.</summary>
    public AgentId Sender => Identity ?? Nobody;
}

/// <summary>Tells who a caller is, by the key or the token that it shows.</summary>
internal sealed class HttpCallers(CallerKeys keys, HttpOptions atStart, IHostEnvironment environment)
{
    private const string KeyHeader = "X-Api-Key";
    private const string Bearer = "Bearer ";

    /// <summary>Whether a caller that shows nothing may send at all.</summary>
    public bool TakesAnonymous => keys.Current.Anonymous || environment.IsDevelopment();

    /// <summary>The caller, or why what it shows is refused. Exactly one is null.</summary>
    public async ValueTask<(HttpCaller? Caller, Refusal? Refusal)> FindAsync(HttpContext context)
    {
        var token = FindToken(context.Request.Headers);
        var shown = context.Request.Headers[KeyHeader] is { Count: > 0 } header ? header.ToString() : token;
        if (shown is null)
        {
            return context.Request.Headers.Authorization.Count == 0
                ? (new HttpCaller(Identity: null), null)
                : Refuse("The header Authorization holds no bearer token; write 'Authorization: Bearer KEY', or 'X-Api-Key: KEY'.");
        }

        if (keys.Find(shown) is { } key)
        {
            return (new HttpCaller(key.Identity, key.Rate), null);
        }

        return token == shown && atStart.Jwt is { } jwt
            ? Read(await context.AuthenticateAsync(JwtBearerDefaults.AuthenticationScheme), jwt)
            : Refuse("The key is none of those that this silo knows.");
    }

    public static Refusal Unknown { get; } = new(
        HttpCodes.Unauthenticated, "The request shows no key and no token; send 'Authorization: Bearer KEY' or 'X-Api-Key: KEY'.");

    private static (HttpCaller? Caller, Refusal? Refusal) Read(AuthenticateResult result, JwtSettings jwt)
    {
        if (result.Principal is not { } principal)
        {
            // Why a token is no good is for the log: it would help one who forges them.
            return Refuse("The key or token is not one that this silo takes.");
        }

        return principal.FindFirstValue(jwt.IdentityClaim) is { } name && AgentId.TryParse(jwt.IdentityPrefix + name, defaultKind: null, out var identity, out _)
            ? (new HttpCaller(identity), null)
            : Refuse($"The token's claim '{jwt.IdentityClaim}' is missing, or makes no address.");
    }

    private static string? FindToken(IHeaderDictionary headers) =>
        headers[HeaderNames.Authorization].ToString() is var text && text.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? text[Bearer.Length..].Trim()
            : null;

    private static (HttpCaller? Caller, Refusal? Refusal) Refuse(string message) => (null, new Refusal(HttpCodes.Unauthenticated, message));
}
