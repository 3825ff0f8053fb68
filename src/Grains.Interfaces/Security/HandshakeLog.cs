using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging;

namespace OrleansAgents.Security;

/// <summary>Tells of failed handshakes: once a minute for each peer, however often it tries, and of no more than a thousand peers.</summary>
internal sealed partial class HandshakeLog(TimeProvider time, ILogger<HandshakeLog> logger)
{
    private const int MostPeers = 1000;
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Peer> _peers = new(StringComparer.Ordinal);

    /// <summary>What went wrong last; null when nothing has.</summary>
    public string? Last { get; private set; }

    public void Failed(EndPoint? peer, string reason, string remedy)
    {
        Last = $"{reason}; {remedy}";
        // Without the port, which is another one with each try.
        var name = (peer as IPEndPoint)?.Address.ToString() ?? peer?.ToString() ?? "unknown";
        var now = time.GetUtcNow();
        if (_peers.Count >= MostPeers)
        {
            Forget(now);
        }

        if (_peers.Count >= MostPeers && !_peers.ContainsKey(name))
        {
            return;
        }

        var known = _peers.GetOrAdd(name, _ => new Peer());
        if (known.Count(now) is { } quiet)
        {
            LogFailed(logger, name, reason, remedy, quiet);
        }
    }

    private void Forget(DateTimeOffset now)
    {
        foreach (var (name, peer) in _peers)
        {
            if (peer.IsPast(now))
            {
                _peers.TryRemove(name, out _);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "No TLS connection with {Peer}: {Reason}; {Remedy} ({Quiet} more failed since this was last said)")]
    private static partial void LogFailed(ILogger logger, string peer, string reason, string remedy, int quiet);

    private sealed class Peer
    {
        private readonly Lock _lock = new();
        private DateTimeOffset _told;
        private int _quiet;

        /// <summary>How many were passed over since it was last told; null when this one is passed over too.</summary>
        public int? Count(DateTimeOffset now)
        {
            lock (_lock)
            {
                if (now - _told < Period)
                {
                    _quiet++;
                    return null;
                }

                _told = now;
                return Interlocked.Exchange(ref _quiet, 0);
            }
        }

        public bool IsPast(DateTimeOffset now)
        {
            lock (_lock)
            {
                return now - _told >= Period;
            }
        }
    }
}
