namespace OrleansAgents.Security;

/// <summary>How a payload is sealed. The payload then is an object with the one member <c>sealed</c>.</summary>
/// <param name="KeyId">The key that opens it.</param>
/// <param name="Algorithm">How it is sealed: <see cref="Aes256Gcm"/>.</param>
public sealed record PayloadEncryption(string KeyId, string Algorithm)
{
    /// <summary>AES with 256 bits in Galois/Counter Mode (NIST SP 800-38D).</summary>
    public const string Aes256Gcm = "A256GCM";
}
