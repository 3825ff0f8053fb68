using System.Net;
using System.Net.Sockets;

namespace OrleansAgents.Configuration;

/// <summary>Where the silo's ports are.</summary>
/// <param name="Reached">The address that others use; null where the pod says it.</param>
/// <param name="Listen">The address that is listened on.</param>
internal sealed record SiloAddresses(IPAddress? Reached, IPAddress Listen)
{
    /// <exception cref="SettingsException">The host name has no address.</exception>
    public static async Task<SiloAddresses> FindAsync(SiloOptions options)
    {
        var reached = options.Address is { } address ? await ResolveAsync(address) : options.Kubernetes ? null : IPAddress.Loopback;
        return new SiloAddresses(reached, options.Listen ?? reached ?? IPAddress.Any);
    }

    private static async Task<IPAddress> ResolveAsync(string address)
    {
        if (IPAddress.TryParse(address, out var ip))
        {
            return ip;
        }

        try
        {
            var found = await Dns.GetHostAddressesAsync(address, CancellationToken.None);
            if (found.MinBy(a => a.AddressFamily == AddressFamily.InterNetwork ? 0 : 1) is { } best)
            {
                return best;
            }
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            // Told below, with the setting's name.
        }

        throw new SettingsException($"Agents:Address is '{address}', a host name with no address; give an IP address, or a name that resolves on this machine.");
    }
}
