using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;
using OrleansAgents.Configuration;

namespace OrleansAgents.Endpoints;

/// <summary>
/// The keys and rates of now. They are read again when a settings file changes, and every ten seconds for the files that
/// settings name; what cannot be read then is logged and passed over.
/// </summary>
internal sealed partial class CallerKeys : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    private readonly IConfigurationSection _section;
    private readonly ILogger _logger;
    private readonly IDisposable _changes;
    private readonly ITimer _timer;
    private HttpOptions _current;
    private string? _fault;

    public CallerKeys(HttpOptions atStart, IConfiguration configuration, TimeProvider time, ILogger<CallerKeys> logger)
    {
        (_current, _logger) = (atStart, logger);
        _section = configuration.GetSection(SiloOptions.Section).GetSection(nameof(SiloOptions.Http));
        _changes = ChangeToken.OnChange(configuration.GetReloadToken, Read);
        _timer = time.CreateTimer(static self => ((CallerKeys)self!).Read(), this, Period, Period);
    }

    public HttpOptions Current => Volatile.Read(ref _current);

    /// <summary>The key that was shown; null for none of ours. It takes as long for each of them, and for a wrong one.</summary>
    public HttpKey? Find(string shown)
    {
        const int MostOnStack = 256;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> utf8 = stackalloc byte[MostOnStack];
        SHA256.HashData(Encoding.UTF8.TryGetBytes(shown, utf8, out var length) ? utf8[..length] : Encoding.UTF8.GetBytes(shown), hash);
        HttpKey? found = null;
        foreach (var key in Current.Keys)
        {
            if (CryptographicOperations.FixedTimeEquals(hash, key.Hash))
            {
                found = key;
            }
        }

        return found;
    }

    public void Dispose()
    {
        _timer.Dispose();
        _changes.Dispose();
    }

    private void Read()
    {
        try
        {
            Volatile.Write(ref _current, HttpSettings.Read(_section));
            _fault = null;
        }
        catch (SettingsException e)
        {
            if (_fault != e.Message)
            {
                LogRefused(_logger, _fault = e.Message);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The changed settings of callers by HTTP are not used, and those of before stay in force: {Fault}")]
    private static partial void LogRefused(ILogger logger, string fault);
}
