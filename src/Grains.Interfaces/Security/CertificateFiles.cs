using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace OrleansAgents.Security;

/// <summary>What the files of <see cref="TlsOptions"/> hold, read at one time. Null for those that are not set.</summary>
internal sealed record TlsFiles(byte[] Certificate, byte[]? Key, byte[]? Password, byte[] Authority)
{
    /// <summary>The files' bytes, or a sentence that says which cannot be read.</summary>
    public static (TlsFiles? Files, string? Fault) Read(TlsOptions options)
    {
        var called = options.Called;
        string? fault = null;
        var files = new TlsFiles(
            Required(called.Certificate, options.CertificateFile, "a PEM file with this side's certificate")!,
            Optional(called.Key, options.KeyFile),
            Optional(called.Password, options.PasswordFile),
            Required(called.Authority, options.AuthorityFile, "a PEM file with the authority that the other side's certificate must come from")!);
        return fault is null ? (files, null) : (null, fault);

        byte[]? Required(string setting, string? file, string what)
        {
            if (string.IsNullOrWhiteSpace(file))
            {
                fault ??= $"{setting} is missing; give {what}.";
                return null;
            }

            return Optional(setting, file);
        }

        byte[]? Optional(string setting, string? file)
        {
            if (file is null)
            {
                return null;
            }

            try
            {
                return File.ReadAllBytes(file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
            {
                fault ??= $"{setting} is '{file}', which cannot be read ({e.Message.TrimEnd('.')}); give a file that this process may read.";
                return null;
            }
        }
    }

    public bool Holds(TlsFiles other) =>
        Certificate.AsSpan().SequenceEqual(other.Certificate) && Key.AsSpan().SequenceEqual(other.Key)
        && Password.AsSpan().SequenceEqual(other.Password) && Authority.AsSpan().SequenceEqual(other.Authority);
}

/// <summary>Makes certificates of files.</summary>
internal static class CertificateFiles
{
    /// <summary>This side's certificate with its key, first, and the intermediate ones; or a sentence that says what is wrong.</summary>
    public static (X509Certificate2Collection? Chain, string? Fault) ReadOwn(TlsOptions options, TlsFiles files)
    {
        var called = options.Called;
        if (IsPfx(options.CertificateFile))
        {
            return ReadPfx(options, files);
        }

        var chain = new X509Certificate2Collection();
        try
        {
            chain.ImportFromPem(Encoding.UTF8.GetString(files.Certificate));
        }
        catch (CryptographicException)
        {
            // Told below: a file that is half of one and one that is none are the same fault.
            chain.Clear();
        }

        if (chain.Count == 0)
        {
            return (null, $"{called.Certificate} is '{options.CertificateFile}', which holds no certificate in PEM form; give a PEM file, or a PFX file whose name ends with .pfx.");
        }

        try
        {
            using var bare = X509Certificate2.CreateFromPem(Encoding.UTF8.GetString(files.Certificate), Encoding.UTF8.GetString(files.Key ?? files.Certificate));
            // Once more by way of PFX: Windows' TLS does not take a key that was never stored.
            chain[0] = X509CertificateLoader.LoadPkcs12(bare.Export(X509ContentType.Pkcs12), password: null);
            return (chain, null);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return (null, options.KeyFile is { } key
                ? $"{called.Key} is '{key}', which holds no private key in PEM form that belongs to the certificate of {called.Certificate}; give the key that the certificate was issued for, without a password."
                : $"{called.Key} is missing, and {called.Certificate} holds no private key that belongs to the certificate; give the key's PEM file.");
        }
    }

    /// <summary>The authorities; or a sentence that says what is wrong.</summary>
    public static (X509Certificate2Collection? Authorities, string? Fault) ReadAuthorities(TlsOptions options, TlsFiles files)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(Encoding.UTF8.GetString(files.Authority));
        }
        catch (CryptographicException)
        {
            authorities.Clear();
        }

        return authorities.Count == 0
            ? (null, $"{options.Called.Authority} is '{options.AuthorityFile}', which holds no certificate in PEM form; give the certificate of the authority that the other side's comes from.")
            : (authorities, null);
    }

    private static bool IsPfx(string file) =>
        file.EndsWith(".pfx", StringComparison.OrdinalIgnoreCase) || file.EndsWith(".p12", StringComparison.OrdinalIgnoreCase);

    private static (X509Certificate2Collection? Chain, string? Fault) ReadPfx(TlsOptions options, TlsFiles files)
    {
        var called = options.Called;
        try
        {
            var password = files.Password is null ? null : Encoding.UTF8.GetString(files.Password).TrimEnd('\r', '\n');
            var chain = X509CertificateLoader.LoadPkcs12Collection(files.Certificate, password);
            if (chain.FirstOrDefault(c => c.HasPrivateKey) is { } own)
            {
                chain.Remove(own);
                chain.Insert(0, own);
                return (chain, null);
            }
        }
        catch (CryptographicException)
        {
            // Told below: a wrong password and a broken file look alike.
        }

        return (null, $"{called.Certificate} is '{options.CertificateFile}', which is no PFX file with a private key, or its password is another than {called.Password} says; give both of one export.");
    }
}
