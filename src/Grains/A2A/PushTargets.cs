using System.Net;
using System.Net.Sockets;

namespace OrleansAgents.A2A;

/// <summary>Which addresses are posted to: those that anybody on the internet could reach.</summary>
internal static class PushTargets
{
    private const int LongestUrl = 2048, LongestSecret = 4096;

    // What IANA's registries of special purposes do not call globally reachable, and multicast.
    private static readonly IPNetwork[] Closed =
    [
        .. ((string[])
        [
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24",
            "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
            "::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/9", "ff00::/8",
        ]).Select(IPNetwork.Parse),
    ];

    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96"), SixToFour = IPNetwork.Parse("2002::/16");

    /// <summary>Whether an address is not to be posted to. One that carries another within counts as that one.</summary>
    public static bool IsClosed(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return IsClosed(address.MapToIPv4());
        }

        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            var bytes = address.GetAddressBytes();
            if (Nat64.Contains(address))
            {
                return IsClosed(new IPAddress(bytes.AsSpan(12)));
            }

            if (SixToFour.Contains(address))
            {
                return IsClosed(new IPAddress(bytes.AsSpan(2, 4)));
            }
        }

        return Array.Exists(Closed, network => network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address));
    }

    /// <summary>Why a configuration is not taken; null where it is. Names are resolved when something is posted, not here.</summary>
    public static string? FindFault(PushConfig config, IEnumerable<string> allowed)
    {
        if (config.Url.Length > LongestUrl || !Uri.TryCreate(config.Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            return $"It is an address of http or https, {LongestUrl} characters at most.";
        }

        if (url.UserInfo.Length > 0)
        {
            return "It holds a name or a password; say in 'authentication' what to show.";
        }

        if (IPAddress.TryParse(url.IdnHost, out var address) && IsClosed(address) && !IsAllowed(url.IdnHost, allowed))
        {
            return "Nothing is posted to private, loopback, link-local and other addresses that not everybody can reach; give a public one.";
        }

        return !IsHeader(config.Token) || !IsHeader(config.Authentication?.Credentials) || config.Authentication is { Scheme: var scheme } && !IsToken(scheme)
            ? "'token' and 'authentication' are what can stand in a header."
            : null;
    }

    /// <summary>Whether a host is posted to wherever it is.</summary>
    public static bool IsAllowed(string host, IEnumerable<string> allowed) => allowed.Contains(host.Trim('[', ']'), StringComparer.OrdinalIgnoreCase);

    private static bool IsHeader(string? text) => text is null || (text.Length <= LongestSecret && !text.AsSpan().ContainsAnyExceptInRange(' ', '~'));

    private static bool IsToken(string text) => text.Length is > 0 and <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
