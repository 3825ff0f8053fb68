using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OrleansAgents.Security;

/// <summary>
/// The certificate and the authorities of now. The files' bytes are compared, not their times: what puts them there may
/// swap a link, and write the certificate some moments before its key.
/// </summary>
internal sealed partial class TlsCertificates : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(7);
    private static readonly TimeSpan BetweenWarnings = TimeSpan.FromDays(1);

    private readonly TlsOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private TlsMaterial _current;
    private TlsFiles _seen;
    private string? _fault;
    private DateTimeOffset _warned;

    /// <exception cref="OptionsValidationException">The files cannot be used.</exception>
    public TlsCertificates(IOptions<TlsOptions> options, TimeProvider time, ILogger<TlsCertificates> logger)
    {
        (_options, _time, _logger) = (options.Value, time, logger);
        var (files, fault) = TlsFiles.Read(_options);
        (var material, fault) = files is null ? (null, fault) : TlsMaterial.Read(_options, files, time.GetUtcNow());
        _current = material ?? throw new OptionsValidationException("", typeof(TlsOptions), [fault!]);
        _seen = files!;
        WarnOfExpiry();
        _timer = time.CreateTimer(static self => ((TlsCertificates)self!).Look(), this, _options.ReloadPeriod, _options.ReloadPeriod);
    }

    public TlsMaterial Current => Volatile.Read(ref _current);

    public TlsOptions Options => _options;

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        var (files, fault) = TlsFiles.Read(_options);
        if (files is null)
        {
            Refuse(fault!);
        }
        else if (!files.Holds(_seen))
        {
            _seen = files;
            (var material, fault) = TlsMaterial.Read(_options, files, _time.GetUtcNow());
            if (material is null)
            {
                Refuse(fault!);
            }
            else
            {
                Volatile.Write(ref _current, material);
                (_fault, _warned) = (null, default);
                LogReloaded(_logger, _options.CertificateFile, material.Certificate.NotAfter.ToUniversalTime());
            }
        }

        WarnOfExpiry();
    }

    /// <summary>Once for each fault, and not again every period for as long as it stands.</summary>
    private void Refuse(string fault)
    {
        if (fault != _fault)
        {
            _fault = fault;
            LogRefused(_logger, fault);
        }
    }

    private void WarnOfExpiry()
    {
        var now = _time.GetUtcNow();
        var end = Current.Certificate.NotAfter.ToUniversalTime();
        if (end - now.UtcDateTime < Soon && now - _warned >= BetweenWarnings)
        {
            _warned = now;
            LogExpiry(_logger, _options.CertificateFile, end, _options.ReloadPeriod);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The certificate or the authorities changed; new connections use {File}, valid until {End:u}")]
    private static partial void LogReloaded(ILogger logger, string file, DateTime end);

    [LoggerMessage(Level = LogLevel.Error, Message = "The changed certificate files are not used, and what was read before stays in use: {Fault}")]
    private static partial void LogRefused(ILogger logger, string fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The certificate of {File} ends at {End:u}, and no connection can be made after that; replace the file, which is looked at every {Period}")]
    private static partial void LogExpiry(ILogger logger, string file, DateTime end, TimeSpan period);
}
