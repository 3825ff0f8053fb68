using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OrleansAgents.Security;
using Xunit;

namespace OrleansAgents.Tests.Security;

public sealed class TlsCertificatesTests : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    private readonly TestAuthority _authority = new();
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly FakeLogger<TlsCertificates> _log = new();

    [Fact]
    public void Certificates_WhoseFilesAreReplaced_AreTheNewOnesAfterThePeriod()
    {
        var (first, second) = (_authority.Issue("first"), _authority.Issue("second"));
        using var certificates = Open(first);
        Assert.Equal(first.Serial, certificates.Current.Certificate.SerialNumber);
        first.ReplaceBy(second);
        _time.Advance(Period - TimeSpan.FromSeconds(1));
        Assert.Equal(first.Serial, certificates.Current.Certificate.SerialNumber);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(second.Serial, certificates.Current.Certificate.SerialNumber);
        Assert.True(certificates.Current.Certificate.HasPrivateKey);
        Assert.Empty(Records(LogLevel.Warning));
    }

    [Fact]
    public void Certificates_BehindALinkThatIsSwapped_AreTheNewOnes()
    {
        var (first, second) = (_authority.Issue("first"), _authority.Issue("second"));
        var (file, key) = (_authority.Write("link", "") + ".pem", _authority.Write("link", "") + ".key");
        File.CreateSymbolicLink(file, first.File);
        File.CreateSymbolicLink(key, first.Key);
        using var certificates = Open(first with { File = file, Key = key });
        File.Delete(file);
        File.Delete(key);
        File.CreateSymbolicLink(file, second.File);
        File.CreateSymbolicLink(key, second.Key);
        _time.Advance(Period);
        Assert.Equal(second.Serial, certificates.Current.Certificate.SerialNumber);
    }

    [Fact]
    public void Certificates_ReplacedByBrokenOnes_StayAndAreToldOfOnce()
    {
        var (first, second) = (_authority.Issue("first"), _authority.Issue("second"));
        using var certificates = Open(first);
        // The certificate is there and its key is not yet.
        File.Copy(second.File, first.File, overwrite: true);
        _time.Advance(Period);
        _time.Advance(Period);
        Assert.Equal(first.Serial, certificates.Current.Certificate.SerialNumber);
        Assert.Contains("TlsOptions.KeyFile", Assert.Single(Records(LogLevel.Error)).Message, StringComparison.Ordinal);
        File.Delete(first.Key);
        _time.Advance(Period);
        Assert.Equal(2, Records(LogLevel.Error).Count);
        File.Copy(second.Key, first.Key);
        _time.Advance(Period);
        Assert.Equal(second.Serial, certificates.Current.Certificate.SerialNumber);
    }

    [Fact]
    public void Certificates_OfAnotherAuthorityInTheFile_AreTrustedFromThen()
    {
        using var other = new TestAuthority("other");
        var certificate = _authority.Issue("silo");
        using var certificates = Open(certificate);
        File.AppendAllText(certificate.Authority, "\n" + File.ReadAllText(other.File));
        _time.Advance(Period);
        Assert.Equal(2, certificates.Current.Authorities.Count);
    }

    [Fact]
    public void Certificates_ThatEndSoon_AreWarnedOfOnceADay()
    {
        var certificate = _authority.Issue("silo", until: _time.GetUtcNow().AddDays(8));
        using var certificates = Open(certificate);
        Assert.Empty(Records(LogLevel.Warning));
        _time.Advance(TimeSpan.FromDays(1) + Period);
        Assert.Contains(certificate.File, Assert.Single(Records(LogLevel.Warning)).Message, StringComparison.Ordinal);
        _time.Advance(TimeSpan.FromHours(12));
        Assert.Single(Records(LogLevel.Warning));
        _time.Advance(TimeSpan.FromHours(13));
        Assert.Equal(2, Records(LogLevel.Warning).Count);
    }

    [Fact]
    public void Certificates_ThatCannotBeRead_DoNotStart() => Assert.Contains(
        "/nowhere",
        Assert.Throws<OptionsValidationException>(() => Open(new TestCertificate("/nowhere", "/nowhere", "/nowhere", ""))).Message,
        StringComparison.Ordinal);

    public void Dispose() => _authority.Dispose();

    private TlsCertificates Open(TestCertificate certificate) => new(Options.Create(TlsOptionsValidationTests.Options(certificate)), _time, _log);

    private IReadOnlyList<FakeLogRecord> Records(LogLevel level) => [.. _log.Collector.GetSnapshot().Where(r => r.Level == level)];
}
