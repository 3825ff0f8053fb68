using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace OrleansAgents.Tests.Security;

/// <summary>Tokens as an issuer signs them.</summary>
internal static class TestToken
{
    /// <summary>A JWT, signed with ES256.</summary>
    /// <param name="key">What it is signed with.</param>
    /// <param name="issuer">Who issues it.</param>
    /// <param name="subject">Whom it is about.</param>
    /// <param name="audience">Whom it is for.</param>
    /// <param name="life">For how long it holds from now on; null for five minutes.</param>
    /// <param name="keyId">What the issuer calls the key; null for no name.</param>
    public static string Sign(ECDsa key, string issuer, string subject, string audience = "agents", TimeSpan? life = null, string? keyId = null)
    {
        var end = (TimeProvider.System.GetUtcNow() + (life ?? TimeSpan.FromMinutes(5))).ToUnixTimeSeconds();
        var named = keyId is null ? "" : $",\"kid\":\"{keyId}\"";
        var head = Encode($$"""{"alg":"ES256","typ":"JWT"{{named}} }""") + "." + Encode($$"""{"iss":"{{issuer}}","aud":"{{audience}}","sub":"{{subject}}","exp":{{end}}}""");
        return head + "." + Base64Url.EncodeToString(key.SignData(Encoding.UTF8.GetBytes(head), HashAlgorithmName.SHA256));
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
