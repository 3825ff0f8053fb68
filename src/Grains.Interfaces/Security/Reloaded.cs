using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OrleansAgents.Security;

/// <summary>
/// What is made of settings, and made anew when they change or, where they name files, when those may have. A change that
/// is faulty is logged and leaves what was there.
/// </summary>
internal sealed partial class Reloaded<TOptions, TValue> : IDisposable
    where TValue : class
{
    // Whoever uses it looks whether its files have changed, so that no timer runs for those who do not.
    private static readonly TimeSpan FilesKept = TimeSpan.FromSeconds(5);

    private readonly IOptionsMonitor<TOptions> _options;
    private readonly Func<TOptions, TValue> _make;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly IDisposable? _watch;
    private readonly Func<TOptions, bool>? _nameFiles;
    private TValue _current;
    private bool _hasFiles;
    private long _made;
    private string? _lastFault;

    /// <param name="options">The settings.</param>
    /// <param name="make">Makes of them what is used.</param>
    /// <param name="nameFiles">Whether they name files, so that the clock is read only where some may have changed; null for never.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where faults are told.</param>
    /// <exception cref="Exception">Whatever <paramref name="make"/> throws of the first settings.</exception>
    public Reloaded(
        IOptionsMonitor<TOptions> options, Func<TOptions, TValue> make, Func<TOptions, bool>? nameFiles, TimeProvider time, ILogger logger)
    {
        (_options, _make, _nameFiles, _time, _logger) = (options, make, nameFiles, time, logger);
        _current = make(options.CurrentValue);
        _hasFiles = nameFiles?.Invoke(options.CurrentValue) is true;
        _made = time.GetTimestamp();
        _watch = options.OnChange(_ => Make());
    }

    public TValue Current
    {
        get
        {
            if (Volatile.Read(ref _hasFiles) && _time.GetElapsedTime(Volatile.Read(ref _made)) >= FilesKept)
            {
                var made = Volatile.Read(ref _made);
                if (_time.GetElapsedTime(made) >= FilesKept && Interlocked.CompareExchange(ref _made, _time.GetTimestamp(), made) == made)
                {
                    _ = Task.Run(Make);
                }
            }

            return Volatile.Read(ref _current);
        }
    }

    public void Dispose() => _watch?.Dispose();

    private void Make()
    {
        try
        {
            var options = _options.CurrentValue;
            Volatile.Write(ref _hasFiles, _nameFiles?.Invoke(options) is true);
            Volatile.Write(ref _current, _make(options));
            _lastFault = null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The boundary: settings come from outside, and what was there goes on.
            if (_lastFault != e.Message)
            {
                LogKept(_logger, typeof(TOptions).Name, _lastFault = e.Message);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The changed {Options} cannot be used, and the ones before stay: {Fault}")]
    private static partial void LogKept(ILogger logger, string options, string fault);
}
