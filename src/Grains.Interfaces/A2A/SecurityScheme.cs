using System.Text.Json;

namespace OrleansAgents.A2A;

/// <summary>Schemes that are all needed for a call.</summary>
/// <param name="Schemes">By the scheme's name, the scopes that are needed; null for none.</param>
internal sealed record SecurityRequirement(IReadOnlyDictionary<string, StringList>? Schemes = null);

/// <summary>Strings.</summary>
/// <param name="List">The strings; null for none.</param>
internal sealed record StringList(IReadOnlyList<string>? List = null);

/// <summary>How a caller can show who it is: exactly one of its members.</summary>
/// <param name="ApiKeySecurityScheme">By a key.</param>
/// <param name="HttpAuthSecurityScheme">By the header <c>Authorization</c>.</param>
/// <param name="Oauth2SecurityScheme">By OAuth 2, as the protocol writes it.</param>
/// <param name="OpenIdConnectSecurityScheme">By OpenID Connect, as the protocol writes it.</param>
/// <param name="MtlsSecurityScheme">By a certificate, as the protocol writes it.</param>
internal sealed record SecurityScheme(
    ApiKeyScheme? ApiKeySecurityScheme = null, HttpAuthScheme? HttpAuthSecurityScheme = null, JsonElement? Oauth2SecurityScheme = null,
    JsonElement? OpenIdConnectSecurityScheme = null, JsonElement? MtlsSecurityScheme = null);

/// <summary>A key that a caller shows.</summary>
/// <param name="Location">Where: <c>query</c>, <c>header</c> or <c>cookie</c>.</param>
/// <param name="Name">What the parameter, header or cookie is called.</param>
/// <param name="Description">What people should know of it; null for nothing.</param>
internal sealed record ApiKeyScheme(string Location, string Name, string? Description = null);

/// <summary>What a caller shows in <c>Authorization</c>.</summary>
/// <param name="Scheme">The scheme, such as <c>Bearer</c>.</param>
/// <param name="BearerFormat">What a bearer's token looks like, such as <c>JWT</c>; null where nobody said.</param>
/// <param name="Description">What people should know of it; null for nothing.</param>
internal sealed record HttpAuthScheme(string Scheme, string? BearerFormat = null, string? Description = null);
