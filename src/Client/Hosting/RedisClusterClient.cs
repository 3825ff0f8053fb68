using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;

namespace OrleansAgents.Hosting;

/// <summary>Lets a program outside the silos find them by way of Redis.</summary>
public static class RedisClusterClient
{
    private static readonly TimeSpan GatewayListAge = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Finds the silos of a cluster where they find one another, so that the program needs no silo's address, and goes on
    /// with the others when the one it speaks through is lost. The list of silos is read again every two seconds; configure
    /// <see cref="GatewayOptions"/> after this call to have it otherwise.
    /// </summary>
    /// <param name="client">The Orleans client.</param>
    /// <param name="connectionString">Where Redis is, as StackExchange.Redis writes it: <c>host:6379,password=…,ssl=true</c>.</param>
    /// <param name="clusterId">The cluster's name, as its silos have it.</param>
    /// <exception cref="ArgumentException">The connection string cannot be read, or the name is none. The message holds no password.</exception>
    public static IClientBuilder UseRedisCluster(this IClientBuilder client, string connectionString, string clusterId = ClusterName.Default)
    {
        ClusterName.ThrowUnlessValid(clusterId, nameof(clusterId));
        if (!RedisAddress.TryParse(connectionString, out var redis))
        {
            throw new ArgumentException(RedisAddress.Fault, nameof(connectionString));
        }

        client.UseRedisClustering(options => options.ConfigurationOptions = redis.Configuration.Clone());
        client.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (clusterId, clusterId));
        client.Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = GatewayListAge);
        return GatewayConnections.Watch(client);
    }
}
