using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using OrleansAgents.Configuration;

namespace OrleansAgents.Endpoints;

/// <summary>
/// The addresses at which the endpoints for operators answer: those that are set or, where none are, those of the web host
/// that are loopback addresses. What a connection came in by decides, for a host header says only what its sender likes.
/// </summary>
internal sealed class OperatorDoors(SiloOptions options, IServer server)
{
    private readonly Lazy<IReadOnlyList<Door>> _doors = new(() => Find(options, server));

    public bool Lets(ConnectionInfo connection) =>
        connection.LocalIpAddress is { } address && _doors.Value.Any(door => door.Is(address, connection.LocalPort));

    // The server knows its ports only once it listens, and the first request comes later than that.
    private static IReadOnlyList<Door> Find(SiloOptions options, IServer server)
    {
        var urls = options.Operator.Urls.Count > 0
            ? options.Operator.Urls
            : server.Features.Get<IServerAddressesFeature>()!.Addresses.Select(BindingAddress.Parse).Where(IsLoopback);
        return [.. urls.Where(u => !u.IsUnixPipe).Select(u => new Door(IsLocalhost(u) ? IPAddress.Loopback : AddressOf(u), u.Port))];
    }

    private static bool IsLoopback(BindingAddress url) => IsLocalhost(url) || (AddressOf(url) is { } address && IPAddress.IsLoopback(address));

    private static bool IsLocalhost(BindingAddress url) => string.Equals(url.Host, "localhost", StringComparison.OrdinalIgnoreCase);

    // The web server takes what is no address for all addresses; so does null here.
    private static IPAddress? AddressOf(BindingAddress url) =>
        !url.IsUnixPipe && IPAddress.TryParse(url.Host.Trim('[', ']'), out var address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any)
            ? address
            : null;

    private sealed record Door(IPAddress? Address, int Port)
    {
        public bool Is(IPAddress address, int port)
        {
            var local = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
            return port == Port && (Address is null || Address.Equals(local) || (IPAddress.IsLoopback(Address) && IPAddress.IsLoopback(local)));
        }
    }
}
