using System.Net;
using OrleansAgents.Hosting;

namespace OrleansAgents.Connection;

/// <summary>Where the silos are looked for: at one gateway or, where Redis is named, at all that are in Redis.</summary>
internal sealed record ClusterTarget(GatewayAddress Gateway, RedisAddress? Redis, string Cluster)
{
    public NoSiloException NoSilo(Exception? inner) => new(Redis is null
        ? $"No silo answers at {Gateway}; start one with 'dotnet run --project src/Silo', or name another with --gateway host:port."
        : $"No silo of the cluster '{Cluster}' that Redis at {Redis} knows of answers; start one with Agents:Profile=Redis, or name another cluster with --cluster.", inner);

    /// <summary>A silo is there, and the two do not get as far as speaking to one another.</summary>
    public NoSiloException NoTls(IPEndPoint end, bool withTls, string? reason) => new(
        !withTls ? $"The silo at {end} speaks TLS; give --tls-certificate, --tls-key and --tls-authority, or AGENTS_TLS_CERTIFICATE and the others."
        : reason is not null ? $"No TLS connection with the silo at {end}: {reason}."
        : $"The silo at {end} speaks no TLS; leave --tls-certificate out, or give the silo Agents:Tls:Certificate.", inner: null);

    public NoSiloException NoRedis(string fault) => new($"{fault}; start it, or name another with --redis.", inner: null);

    public NoSiloException Lost() => new(Redis is null
        ? $"The silo at {Gateway} was lost, and the outcome of what was under way is unknown; start it again, or name another with --gateway host:port."
        : $"All silos of the cluster '{Cluster}' were lost, and the outcome of what was under way is unknown; start one again with Agents:Profile=Redis.", inner: null);
}
