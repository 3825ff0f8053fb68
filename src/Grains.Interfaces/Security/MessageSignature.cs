namespace OrleansAgents.Security;

/// <summary>The proof that a message comes from whoever holds a key.</summary>
/// <param name="KeyId">The key.</param>
/// <param name="Algorithm">How it is made: <see cref="HmacSha256"/>.</param>
/// <param name="Value">The proof itself, in lower-case hexadecimal.</param>
public sealed record MessageSignature(string KeyId, string Algorithm, string Value)
{
    /// <summary>HMAC (RFC 2104) with SHA-256 over the message's canonical form; <c>docs/wire-format.md</c> says which that is.</summary>
    public const string HmacSha256 = "HMAC-SHA256";
}
