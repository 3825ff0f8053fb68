using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OrleansAgents.Tests.Security;

/// <summary>An authority of a test's own, that issues certificates as files in a directory which goes with it.</summary>
internal sealed class TestAuthority : IDisposable
{
    public const string ServerUse = "1.3.6.1.5.5.7.3.1", ClientUse = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2 _own;
    private readonly string _directory = System.IO.Directory.CreateTempSubdirectory("agents-tls-").FullName;

    public TestAuthority(string name = "test authority")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var now = TimeProvider.System.GetUtcNow();
        _own = request.CreateSelfSigned(now.AddYears(-1), now.AddYears(9));
        File = Write("authority.pem", _own.ExportCertificatePem());
    }

    /// <summary>The file of its own certificate.</summary>
    public string File { get; }

    /// <summary>Issues a certificate for both uses, valid from yesterday for a month unless told.</summary>
    public TestCertificate Issue(
        string name, DateTimeOffset? from = null, DateTimeOffset? until = null, IReadOnlyList<string>? uses = null, string? uri = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var oids = new OidCollection();
        foreach (var use in uses ?? [ServerUse, ClientUse])
        {
            oids.Add(new Oid(use));
        }

        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(oids, critical: false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName($"{name}.test");
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        if (uri is not null)
        {
            names.AddUri(new Uri(uri));
        }

        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var issued = request.Create(_own, from ?? now.AddDays(-1), until ?? now.AddDays(30), RandomNumberGenerator.GetBytes(8));
        // Each into files of its own, so that a test can move one over the other.
        var stem = $"{name}-{Guid.NewGuid():N}";
        return new TestCertificate(Write($"{stem}.pem", issued.ExportCertificatePem()), Write($"{stem}.key", key.ExportPkcs8PrivateKeyPem()), File, issued.SerialNumber);
    }

    /// <summary>The same certificate and key as a PFX file.</summary>
    public string WritePfx(TestCertificate certificate, string password)
    {
        using var both = X509Certificate2.CreateFromPemFile(certificate.File, certificate.Key);
        var path = Path.Combine(_directory, $"{Guid.NewGuid():N}.pfx");
        System.IO.File.WriteAllBytes(path, both.Export(X509ContentType.Pkcs12, password));
        return path;
    }

    /// <summary>Trusts what it issued, and nothing else.</summary>
    public X509ChainPolicy Trust()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(File);
        return policy;
    }

    public string Write(string name, string text)
    {
        var path = Path.Combine(_directory, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    public void Dispose()
    {
        _own.Dispose();
        System.IO.Directory.Delete(_directory, recursive: true);
    }
}

/// <summary>The files of a certificate.</summary>
internal sealed record TestCertificate(string File, string Key, string Authority, string Serial)
{
    /// <summary>Puts another in its place, the certificate first, as one would who copies files.</summary>
    public void ReplaceBy(TestCertificate other)
    {
        System.IO.File.Copy(other.File, File, overwrite: true);
        System.IO.File.Copy(other.Key, Key, overwrite: true);
    }
}
