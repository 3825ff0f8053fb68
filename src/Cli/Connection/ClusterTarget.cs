using OrleansAgents.Hosting;

namespace OrleansAgents.Connection;

/// <summary>Where the silos are looked for: at one gateway or, where Redis is named, at all that are in Redis.</summary>
internal sealed record ClusterTarget(GatewayAddress Gateway, RedisAddress? Redis, string Cluster)
{
    public NoSiloException NoSilo(Exception? inner) => new(Redis is null
        ? $"No silo answers at {Gateway}; start one with 'dotnet run --project src/Silo', or name another with --gateway host:port."
        : $"No silo of the cluster '{Cluster}' that Redis at {Redis} knows of answers; start one with Agents:Profile=Redis, or name another cluster with --cluster.", inner);

    public NoSiloException NoRedis(string fault) => new($"{fault}; start it, or name another with --redis.", inner: null);

    public NoSiloException Lost() => new(Redis is null
        ? $"The silo at {Gateway} was lost, and the outcome of what was under way is unknown; start it again, or name another with --gateway host:port."
        : $"All silos of the cluster '{Cluster}' were lost, and the outcome of what was under way is unknown; start one again with Agents:Profile=Redis.", inner: null);
}
