using System.Net;
using System.Net.Sockets;

namespace OrleansAgents.Configuration;

/// <summary>
/// Tries the ports before anything starts, because Orleans and Kestrel report a taken port from deep inside, late and
/// without the setting's name.
/// </summary>
internal static class PortProbe
{
    /// <exception cref="SettingsException">A port cannot be listened on.</exception>
    public static void Check(SiloOptions options, IReadOnlyList<BindingAddress> urls)
    {
        Try("Agents:SiloPort", IPAddress.Loopback, options.SiloPort);
        Try("Agents:GatewayPort", IPAddress.Loopback, options.GatewayPort);
        foreach (var url in urls.Where(u => !u.IsUnixPipe && u.Port != 0))
        {
            if (url.Port == options.SiloPort || url.Port == options.GatewayPort)
            {
                var other = url.Port == options.SiloPort ? "Agents:SiloPort" : "Agents:GatewayPort";
                throw new SettingsException($"urls and {other} both name port {url.Port}; give two different ports.");
            }

            if (string.Equals(url.Host, "localhost", StringComparison.OrdinalIgnoreCase))
            {
                Try("urls", IPAddress.Loopback, url.Port);
            }
            else if (IPAddress.TryParse(url.Host.Trim('[', ']'), out var address))
            {
                Try("urls", address, url.Port);
            }
            else
            {
                Try("urls", IPAddress.Any, url.Port);
            }
        }
    }

    private static void Try(string setting, IPAddress address, int port)
    {
        using var listener = new TcpListener(address, port);
        try
        {
            listener.Start();
        }
        catch (SocketException e)
        {
            var why = e.SocketErrorCode == SocketError.AddressAlreadyInUse
                ? "is already in use"
                : $"cannot be listened on ({e.Message})";
            throw new SettingsException($"Port {port} of {address} {why}; give another with {setting}, or end the program that holds it.");
        }
    }
}
