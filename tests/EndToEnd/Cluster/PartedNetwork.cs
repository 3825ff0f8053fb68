using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace OrleansAgents.Tests.Cluster;

/// <summary>
/// Network namespaces on one wire, and the test's own beside them. What is cut is lost in silence, as in a network that
/// fails: connections stay and nothing arrives. All names are this process's own and go with it.
/// </summary>
internal sealed class PartedNetwork : IAsyncDisposable
{
    // Nobody on the wire has it, so what goes there arrives nowhere.
    private const string Nowhere = "02:00:00:00:fe:fe";

    private static readonly string Prefix = string.Create(CultureInfo.InvariantCulture, $"ag{Environment.ProcessId}");
    private static readonly string Wire = Prefix + "w";

    private readonly string _subnet = string.Create(CultureInfo.InvariantCulture, $"198.18.{Environment.ProcessId % 256}");
    private readonly int _count;

    private PartedNetwork(int count) => _count = count;

    /// <summary>The address of the test's own side.</summary>
    public string Host => $"{_subnet}.1";

    public (string Name, string Address) this[int index] => ($"{Prefix}n{index}", $"{_subnet}.{index + 2}");

    /// <summary>Makes them.</summary>
    /// <returns>The network, or why there can be none on this machine.</returns>
    public static async Task<(PartedNetwork? Network, string? Obstacle)> CreateAsync(int count)
    {
        var network = new PartedNetwork(count);
        try
        {
            await network.BuildAsync();
            return (network, null);
        }
        catch (Exception e) when (e is IOException or Win32Exception)
        {
            await network.DisposeAsync();
            return (null, e.Message);
        }
    }

    /// <summary>Lets nothing pass between the one and the others, in either direction; all still reach the test's own side.</summary>
    public async Task CutAsync(int one, params int[] others)
    {
        foreach (var other in others)
        {
            await IpAsync($"-n {this[one].Name} neigh replace {this[other].Address} lladdr {Nowhere} dev eth0 nud permanent");
            await IpAsync($"-n {this[other].Name} neigh replace {this[one].Address} lladdr {Nowhere} dev eth0 nud permanent");
        }
    }

    /// <summary>Takes one off the wire.</summary>
    public Task CutFromAllAsync(int one) => IpAsync($"-n {Wire} link set p{one} down");

    public async Task HealAsync()
    {
        for (var i = 0; i < _count; i++)
        {
            await IpAsync($"-n {Wire} link set p{i} up");
            await IpAsync($"-n {this[i].Name} neigh flush nud permanent dev eth0");
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The links go with their namespaces. What was not made cannot be taken away, which is no fault.
        foreach (var name in Enumerable.Range(0, _count).Select(i => this[i].Name).Append(Wire))
        {
            await TryAsync($"netns delete {name}");
        }

        await TryAsync($"link delete {Prefix}h");
    }

    private async Task BuildAsync()
    {
        // In a namespace of its own the wire is out of reach of the machine's packet filters.
        await IpAsync($"netns add {Wire}");
        await IpAsync($"-n {Wire} link add wire type bridge");
        await IpAsync($"-n {Wire} link set wire up");
        await IpAsync($"link add {Prefix}h type veth peer name host netns {Wire}");
        await IpAsync($"addr add {Host}/24 dev {Prefix}h");
        await IpAsync($"link set {Prefix}h up");
        await IpAsync($"-n {Wire} link set host master wire up");
        for (var i = 0; i < _count; i++)
        {
            var (name, address) = this[i];
            await IpAsync($"netns add {name}");
            await IpAsync($"-n {name} link set lo up");
            await IpAsync($"-n {Wire} link add p{i} type veth peer name eth0 netns {name}");
            await IpAsync($"-n {Wire} link set p{i} master wire up");
            await IpAsync($"-n {name} addr add {address}/24 dev eth0");
            await IpAsync($"-n {name} link set eth0 up");
        }
    }

    private static async Task IpAsync(string arguments)
    {
        if (await TryAsync(arguments) is { } fault)
        {
            throw new IOException($"'ip {arguments}' says: {fault}");
        }
    }

    private static async Task<string?> TryAsync(string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ip", arguments) { UseShellExecute = false, RedirectStandardError = true })!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? null : error.Trim();
    }
}
