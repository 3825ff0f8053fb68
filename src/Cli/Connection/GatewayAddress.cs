using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace OrleansAgents.Connection;

/// <summary>Where a silo takes clients: a host name or an IP address, and a port.</summary>
internal sealed record GatewayAddress(string Host, int Port)
{
    public static bool TryParse(string text, out GatewayAddress gateway)
    {
        gateway = null!;
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0)
        {
            return false;
        }

        var host = text[..colon];
        if (Uri.CheckHostName(host) == UriHostNameType.Unknown)
        {
            return false;
        }

        gateway = new GatewayAddress(host.Trim('[', ']'), port);
        return true;
    }

    /// <summary>The end point that takes connections, tried one after the other.</summary>
    /// <exception cref="SocketException">None does, or the name is not known.</exception>
    public async Task<IPEndPoint> ProbeAsync(CancellationToken cancellationToken)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(Host, Port, cancellationToken);
        var remote = (IPEndPoint)socket.Client.RemoteEndPoint!;
        return remote.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(remote.Address.MapToIPv4(), remote.Port) : remote;
    }

    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
