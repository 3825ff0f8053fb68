using System.Net;
using System.Net.Sockets;

namespace OrleansAgents.Tests.Redis;

/// <summary>
/// Ports of the loopback address for servers that tests start. They lie below those that the system gives to connections,
/// one of which could otherwise take a port between its choice and its use.
/// </summary>
internal static class Ports
{
    private const int First = 12_000, Count = 18_000;

    private static int _last = Random.Shared.Next(Count);

    /// <summary>A port that nobody listens on now, and that this process is not given again for long.</summary>
    public static int Next()
    {
        while (true)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _last) % Count);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: the next one.
            }
        }
    }
}
