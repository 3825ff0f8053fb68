using System.Net;
using k8s;
using OrleansAgents.Agents;
using OrleansAgents.Hosting;

namespace OrleansAgents.Configuration;

/// <summary>The settings of a silo among others.</summary>
internal static class ClusterSettings
{
    public const string RedisSetting = "ConnectionStrings:Redis";

    private const string RedisExample = RedisSetting + "=127.0.0.1:6379";
    private static readonly TimeSpan LongestProbe = TimeSpan.FromMinutes(1);

    /// <exception cref="SettingsException">A setting cannot be read.</exception>
    public static void Read(IConfiguration configuration, IConfigurationSection section, SiloOptions options)
    {
        options.Cluster = section[nameof(SiloOptions.Cluster)] ?? options.Cluster;
        options.Redis = options.Profile == SiloProfile.Redis ? configuration[RedisSetting] ?? "" : null;
        options.Address = section[nameof(SiloOptions.Address)];
        section.ReadValue<IPAddress>(nameof(SiloOptions.Listen), "an IP address such as 0.0.0.0", TryReadAddress, v => options.Listen = v);
        section.ReadValue<bool>(nameof(SiloOptions.Kubernetes), "true or false", bool.TryParse, v => options.Kubernetes = v);
        section.GetSection(nameof(SiloOptions.Labels)).Bind(options.Labels);
        var membership = options.Membership;
        section.ReadValue<TimeSpan>("Membership:ProbeTimeout", "a time such as 00:00:01", SettingReader.TryReadTime, v => membership.ProbeTimeout = v);
        section.ReadValue<int>("Membership:MissedProbes", "a whole number above zero", int.TryParse, v => membership.MissedProbes = v);
        section.ReadValue<int>("Membership:Votes", "a whole number above zero", int.TryParse, v => membership.Votes = v);
    }

    public static string? FindFault(SiloOptions options)
    {
        if (!ClusterName.IsValid(options.Cluster))
        {
            return $"Agents:Cluster is '{options.Cluster}'; give {ClusterName.Rule}, such as {ClusterName.Default}.";
        }

        if (options.Redis is { } redis && FindRedisFault(redis) is { } fault)
        {
            return fault;
        }

        if (options.Address is { } address && (string.IsNullOrWhiteSpace(address) || (IPAddress.TryParse(address, out var ip) && IsWildcard(ip))))
        {
            return $"Agents:Address is '{address}', at which nobody can be reached; give the address that others use, and Agents:Listen=0.0.0.0 to listen on all.";
        }

        // A label is written as a kind is.
        if (options.Labels.FirstOrDefault(label => !AgentId.IsKind(label)) is { } label)
        {
            return $"Agents:Labels holds '{label}'; a label is a lower-case letter and then lower-case letters, digits or hyphens, such as Agents:Labels:0=gpu.";
        }

        return FindMembershipFault(options.Membership) ?? FindPodFault(options);
    }

    private static string? FindRedisFault(string redis) =>
        string.IsNullOrWhiteSpace(redis) ? $"Agents:Profile is Redis and {RedisSetting} is missing; give {RedisExample}."
        // Not a word of what it is: it may hold a password.
        : !RedisAddress.TryParse(redis, out _) ? $"{RedisSetting} is no connection string of StackExchange.Redis; give {RedisExample}."
        : null;

    private static string? FindMembershipFault(MembershipOptions membership) =>
        membership.ProbeTimeout is { } timeout && (timeout <= TimeSpan.Zero || timeout > LongestProbe)
            ? $"Agents:Membership:ProbeTimeout is {timeout}; give a time above zero and up to {LongestProbe}, such as 00:00:01."
        : membership.MissedProbes < 1 || membership.Votes < 1 ? "Agents:Membership:MissedProbes and Votes must be above zero; 3 and 2 are the defaults."
        : null;

    private static string? FindPodFault(SiloOptions options) =>
        !options.Kubernetes ? null
        : options.Profile != SiloProfile.Redis ? "Agents:Kubernetes is true and Agents:Profile is not Redis; pods share nothing else, so give Agents:Profile=Redis."
        : !KubernetesClientConfiguration.IsInCluster()
            ? "Agents:Kubernetes is true, but this process is in no pod with a service account; leave the setting out elsewhere, or let the pod mount its account's token."
        : null;

    private static bool IsWildcard(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static bool TryReadAddress(string text, out IPAddress address) => IPAddress.TryParse(text, out address!);
}
