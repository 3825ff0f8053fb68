using Microsoft.Extensions.Options;
using OrleansAgents.Security;
using Xunit;

namespace OrleansAgents.Tests.Security;

public sealed class TlsOptionsValidationTests : IDisposable
{
    private readonly TestAuthority _authority = new();

    [Fact]
    public void Options_OfPemFiles_AreValid() => Assert.Null(Fault(Options(_authority.Issue("silo"))));

    [Fact]
    public void Options_OfAPfxFileAndItsPassword_AreValid()
    {
        var certificate = _authority.Issue("silo");
        var options = Options(certificate);
        (options.CertificateFile, options.KeyFile, options.PasswordFile) = (_authority.WritePfx(certificate, "hush"), null, _authority.Write("password", "hush\n"));
        Assert.Null(Fault(options));
        options.PasswordFile = _authority.Write("password", "loud");
        var fault = Fault(options);
        Assert.Contains("its password is another than TlsOptions.PasswordFile says", fault, StringComparison.Ordinal);
        Assert.DoesNotContain("loud", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_WithTheKeyInTheCertificatesFile_AreValid()
    {
        var certificate = _authority.Issue("silo");
        var options = Options(certificate);
        options.CertificateFile = _authority.Write("both.pem", File.ReadAllText(certificate.File) + "\n" + File.ReadAllText(certificate.Key));
        options.KeyFile = null;
        Assert.Null(Fault(options));
    }

    [Fact]
    public void Options_WithSomethingWrong_NameTheSettingAndTheRemedy()
    {
        var certificate = _authority.Issue("silo");
        var now = TimeProvider.System.GetUtcNow();
        Expect("TlsOptions.CertificateFile is missing; give", certificate, o => o.CertificateFile = "");
        Expect("TlsOptions.CertificateFile is '/nowhere/a.pem', which cannot be read", certificate, o => o.CertificateFile = "/nowhere/a.pem");
        Expect("TlsOptions.CertificateFile is ", certificate, o => o.CertificateFile = _authority.Write("text.pem", "no certificate"));
        Expect("TlsOptions.KeyFile is ", certificate, o => o.KeyFile = _authority.Issue("other").Key);
        Expect("TlsOptions.KeyFile is missing", certificate, o => o.KeyFile = null);
        Expect("TlsOptions.AuthorityFile is missing", certificate, o => o.AuthorityFile = "");
        Expect("TlsOptions.AuthorityFile is ", certificate, o => o.AuthorityFile = certificate.Key);
        Expect("expired at", _authority.Issue("old", until: now.AddHours(-1)));
        Expect("is not valid before", _authority.Issue("new", from: now.AddHours(1)));
        Expect("not for both server and client", _authority.Issue("half", uses: [TestAuthority.ServerUse]));
        Expect("TlsOptions.ReloadPeriod", certificate, o => o.ReloadPeriod = TimeSpan.Zero);
        Expect("TlsOptions.Names", certificate, o => o.Names.Add(" "));
    }

    public void Dispose() => _authority.Dispose();

    internal static TlsOptions Options(TestCertificate certificate) =>
        new() { CertificateFile = certificate.File, KeyFile = certificate.Key, AuthorityFile = certificate.Authority };

    private static void Expect(string part, TestCertificate certificate, Action<TlsOptions>? change = null)
    {
        var options = Options(certificate);
        change?.Invoke(options);
        Assert.Contains(part, Fault(options), StringComparison.Ordinal);
    }

    private static string? Fault(TlsOptions options) =>
        new TlsOptionsValidation(TimeProvider.System).Validate(null, options) is { Failed: true } result ? result.FailureMessage : null;
}
