using System.Formats.Asn1;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OrleansAgents.Security;

/// <summary>Looks at the certificate that the other side of one connection shows, and remembers what is wrong with it.</summary>
internal sealed class PeerCheck(TlsMaterial own, TlsOptions options, DateTimeOffset now, bool ofServer)
{
    private const string AlternativeNames = "2.5.29.17";
    private static readonly Asn1Tag Dns = new(TagClass.ContextSpecific, 2), Uri = new(TagClass.ContextSpecific, 6);

    /// <summary>Why the certificate was refused; null as long as it was not.</summary>
    public string? Fault { get; private set; }

    /// <summary>Trusts the authorities of the file alone, and asks nobody on the network.</summary>
    public X509ChainPolicy CreatePolicy()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationTime = now.LocalDateTime,
        };
        policy.CustomTrustStore.AddRange(own.Authorities);
        policy.ApplicationPolicy.Add(new Oid(TlsMaterial.UseOf(ofServer)));
        return policy;
    }

    public bool Accept(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        Fault = certificate is not X509Certificate2 shown ? "it showed no certificate" : FindFault(shown, chain, errors);
        return Fault is null;
    }

    /// <summary>The DNS and URI names among a certificate's alternative names.</summary>
    public static IReadOnlyList<string> ReadNames(X509Certificate2 certificate)
    {
        var names = new List<string>();
        if (certificate.Extensions[AlternativeNames] is { } extension)
        {
            try
            {
                var reader = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
                while (reader.HasData)
                {
                    var tag = reader.PeekTag();
                    if (tag.HasSameClassAndValue(Dns) || tag.HasSameClassAndValue(Uri))
                    {
                        names.Add(reader.ReadCharacterString(UniversalTagNumber.IA5String, tag));
                    }
                    else
                    {
                        reader.ReadEncodedValue();
                    }
                }
            }
            catch (AsnContentException)
            {
                // Names that nobody can read are none.
                names.Clear();
            }
        }

        return names;
    }

    private string? FindFault(X509Certificate2 shown, X509Chain? chain, SslPolicyErrors errors)
    {
        // The name that a client asked for is not it: silos are reached by addresses that change. Names says who they must be.
        if ((errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) != SslPolicyErrors.None)
        {
            return Describe(shown, (chain?.ChainStatus ?? []).Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status));
        }

        return options.Names.Count == 0 || ReadNames(shown).Any(name => options.Names.Contains(name, StringComparer.OrdinalIgnoreCase))
            ? null
            : $"its certificate has none of the names {string.Join(", ", options.Names)}, but {Join(ReadNames(shown))}";
    }

    private string Describe(X509Certificate2 shown, X509ChainStatusFlags faults)
    {
        const X509ChainStatusFlags Foreign = X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.NotSignatureValid;
        return (faults & Foreign) != X509ChainStatusFlags.NoError ? $"its certificate, '{shown.Subject}', does not come from an authority of {options.Called.Authority}"
            : (faults & X509ChainStatusFlags.NotTimeValid) != X509ChainStatusFlags.NoError
                ? $"its certificate, '{shown.Subject}', or one that it comes from, is not valid now; its own is from {shown.NotBefore.ToUniversalTime():u} to {shown.NotAfter.ToUniversalTime():u}"
            : (faults & X509ChainStatusFlags.NotValidForUsage) != X509ChainStatusFlags.NoError ? $"its certificate, '{shown.Subject}', is not for {(ofServer ? "server" : "client")} authentication"
            : $"its certificate, '{shown.Subject}', is not valid: {faults}";
    }

    private static string Join(IReadOnlyList<string> names) => names.Count == 0 ? "none at all" : string.Join(", ", names.Take(8));
}
