using OrleansAgents.Agents;

namespace OrleansAgents.Configuration;

/// <summary>Whose messages come by HTTP, and how many.</summary>
internal sealed class HttpOptions
{
    /// <summary>The keys that callers show.</summary>
    public IReadOnlyList<HttpKey> Keys { get; set; } = [];

    /// <summary>Whose tokens are taken; null for nobody's.</summary>
    public JwtSettings? Jwt { get; set; }

    /// <summary>Whether messages come without credentials, from whomever they name.</summary>
    public bool Anonymous { get; set; }

    /// <summary>The kind of an address that names none; null where each must name one.</summary>
    public string? DefaultKind { get; set; }

    /// <summary>How many messages an identity may send.</summary>
    public HttpRate Rate { get; set; } = HttpRate.Default;

    /// <summary>How long a caller that names no time waits for an agent.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest that a caller may wait.</summary>
    public TimeSpan MaxTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How often a stream of events says that it lives.</summary>
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How many streams of events may be open at once.</summary>
    public int Streams { get; set; } = 1000;

    /// <summary>Whether the interface is described at <c>/openapi/v1.json</c> and <c>/docs</c>.</summary>
    public bool Docs { get; set; } = true;
}

/// <summary>How many messages an identity may send.</summary>
/// <param name="PerSecond">In the long run.</param>
/// <param name="Burst">At once.</param>
internal sealed record HttpRate(int PerSecond, int Burst)
{
    public static HttpRate Default { get; } = new(100, 200);
}

/// <summary>A key that a caller shows.</summary>
/// <param name="Id">What logs call it.</param>
/// <param name="Identity">Who shows it.</param>
/// <param name="Hash">Its SHA-256.</param>
/// <param name="Rate">How many messages its identity may send; null for the usual.</param>
internal sealed record HttpKey(string Id, AgentId Identity, byte[] Hash, HttpRate? Rate);

/// <summary>Whose tokens are taken.</summary>
internal sealed class JwtSettings
{
    /// <summary>The address of who issues them, from which keys are fetched; null where the file has the key.</summary>
    public string? Authority { get; set; }

    /// <summary>For whom they must be.</summary>
    public string Audience { get; set; } = "";

    /// <summary>Who must have issued them; null for who the authority says.</summary>
    public string? Issuer { get; set; }

    /// <summary>A file with the public key in PEM form, or with a secret of 32 bytes or more; null where the authority has the key.</summary>
    public string? KeyFile { get; set; }

    /// <summary>The claim that says who the caller is.</summary>
    public string IdentityClaim { get; set; } = "sub";

    /// <summary>What stands before the claim's value in the caller's address.</summary>
    public string IdentityPrefix { get; set; } = "client/";
}
