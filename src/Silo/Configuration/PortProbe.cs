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
    public static void Check(SiloOptions options, IPAddress listen, IReadOnlyList<BindingAddress> urls)
    {
        Try("Agents:SiloPort", listen, options.SiloPort);
        Try("Agents:GatewayPort", listen, options.GatewayPort);
        CheckWeb("urls", options, urls);
        if (options.Operator.Enabled)
        {
            CheckWeb("Agents:Operator:Urls", options, options.Operator.Urls);
        }
    }

    private static void CheckWeb(string setting, SiloOptions options, IReadOnlyList<BindingAddress> urls)
    {
        foreach (var url in urls.Where(u => !u.IsUnixPipe && u.Port != 0))
        {
            if (url.Port == options.SiloPort || url.Port == options.GatewayPort)
            {
                var other = url.Port == options.SiloPort ? "Agents:SiloPort" : "Agents:GatewayPort";
                throw new SettingsException($"{setting} and {other} both name port {url.Port}; give two different ports.");
            }

            if (string.Equals(url.Host, "localhost", StringComparison.OrdinalIgnoreCase))
            {
                Try(setting, IPAddress.Loopback, url.Port);
            }
            else if (IPAddress.TryParse(url.Host.Trim('[', ']'), out var address))
            {
                Try(setting, address, url.Port);
            }
            else
            {
                Try(setting, IPAddress.Any, url.Port);
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
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressNotAvailable)
        {
            throw new SettingsException(setting.StartsWith("Agents:Op", StringComparison.Ordinal) || setting == "urls"
                ? $"{setting} names the address {address}, which this machine has not; give one of its own."
                : $"This machine has no address {address} to listen on; give one of its own with Agents:Address, or with Agents:Listen where others reach it at another.");
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
