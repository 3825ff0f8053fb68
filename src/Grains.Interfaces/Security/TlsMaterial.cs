using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace OrleansAgents.Security;

/// <summary>A certificate with its key, and the authorities that others' certificates must come from, as the files held them at one moment.</summary>
internal sealed record TlsMaterial(X509Certificate2 Certificate, SslStreamCertificateContext Context, X509Certificate2Collection Authorities)
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1", ClientUse = "1.3.6.1.5.5.7.3.2";

    /// <summary>What a certificate must be good for: the one use where a server looks at a client, the other the other way round.</summary>
    public static string UseOf(bool server) => server ? ServerUse : ClientUse;

    /// <summary>What the files hold, or a sentence that says what is wrong and what to do. Exactly one is null.</summary>
    public static (TlsMaterial? Material, string? Fault) Read(TlsOptions options, TlsFiles files, DateTimeOffset now)
    {
        var called = options.Called;
        var (chain, fault) = CertificateFiles.ReadOwn(options, files);
        if (chain is null)
        {
            return (null, fault);
        }

        var own = chain[0];
        if (FindFault(own, called.Certificate, options.CertificateFile, now) is { } unfit)
        {
            return (null, unfit);
        }

        (var authorities, fault) = CertificateFiles.ReadAuthorities(options, files);
        if (authorities is null)
        {
            return (null, fault);
        }

        chain.RemoveAt(0);
        // Offline: what is sent along is what the file holds, and nothing is fetched.
        return (new TlsMaterial(own, SslStreamCertificateContext.Create(own, chain, offline: true), authorities), null);
    }

    private static string? FindFault(X509Certificate2 own, string setting, string file, DateTimeOffset now)
    {
        if (own.NotAfter <= now.LocalDateTime)
        {
            return $"{setting} is '{file}', whose certificate expired at {own.NotAfter.ToUniversalTime():u}; give one that is valid now.";
        }

        if (own.NotBefore > now.LocalDateTime)
        {
            return $"{setting} is '{file}', whose certificate is not valid before {own.NotBefore.ToUniversalTime():u}; give one that is valid now, or set this machine's clock.";
        }

        return own.Extensions.OfType<X509EnhancedKeyUsageExtension>().FirstOrDefault() is { } uses
            && (uses.EnhancedKeyUsages[ServerUse] is null || uses.EnhancedKeyUsages[ClientUse] is null)
            ? $"{setting} is '{file}', whose certificate is not for both server and client authentication; issue it for both, as each side shows it to the other."
            : null;
    }
}
