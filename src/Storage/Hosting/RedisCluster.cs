using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Streams;
using OrleansAgents.Topics;
using StackExchange.Redis;

namespace OrleansAgents.Hosting;

/// <summary>Lets several silos, on one machine or many, be one cluster by way of Redis.</summary>
public static class RedisCluster
{
    private const string SubscriptionStorage = "PubSubStore";

    /// <summary>
    /// Joins the silos that name the same Redis and the same cluster: Orleans' membership, the agents and topics, and the
    /// explicit subscriptions to the topics' streams rest there, as <see cref="RedisStorage.UseRedisStorage"/> has it. Everything is kept under the cluster's name, so clusters of
    /// other names on the same Redis neither see nor disturb this one. The membership is set to notice a silo that died
    /// within seconds; configure <see cref="ClusterMembershipOptions"/> after this call to have it otherwise, and
    /// <see cref="EndpointOptions"/> for where this silo is reached.
    /// </summary>
    /// <param name="silo">The silo.</param>
    /// <param name="connectionString">Where Redis is, as StackExchange.Redis writes it: <c>host:6379,password=…,ssl=true</c>.</param>
    /// <param name="clusterId">The cluster's name: 1 to 63 lower-case letters, digits and hyphens, with no hyphen at either end.</param>
    /// <exception cref="ArgumentException">The connection string cannot be read, or the name is none. The message holds no password.</exception>
    public static ISiloBuilder UseRedisCluster(this ISiloBuilder silo, string connectionString, string clusterId = ClusterName.Default)
    {
        ClusterName.ThrowUnlessValid(clusterId, nameof(clusterId));
        var configuration = Parse(connectionString)
            ?? throw new ArgumentException("It is no connection string of StackExchange.Redis; write one such as 127.0.0.1:6379.", nameof(connectionString));
        // Each has a connection of its own, so that the cluster's heartbeat does not wait behind the agents' commits.
        silo.UseRedisClustering(options => options.ConfigurationOptions = configuration.Clone());
        silo.AddRedisGrainStorage(SubscriptionStorage, options => options.ConfigurationOptions = configuration.Clone());
        silo.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (clusterId, clusterId));
        silo.Configure<ClusterMembershipOptions>(SetPace);
        silo.UseRedisStorage(store => (store.ConnectionString, store.KeyPrefix) = (connectionString, clusterId));
        silo.Services.Configure<StreamPubSubOptions>(TopicStream.Name, o => o.PubSubType = StreamPubSubType.ExplicitGrainBasedAndImplicit);
        return silo;
    }

    /// <summary>A silo that died is noticed within about five seconds. Each figure has its reason in docs/operations.md.</summary>
    private static void SetPace(ClusterMembershipOptions membership)
    {
        membership.ProbeTimeout = TimeSpan.FromSeconds(1);
        membership.MaxProbeTimeout = TimeSpan.FromSeconds(1.5);
        membership.NumMissedProbesLimit = 3;
        membership.NumVotesForDeathDeclaration = 2;
        membership.EnableIndirectProbes = true;
        membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);
        membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
    }

    private static ConfigurationOptions? Parse(string connectionString)
    {
        try
        {
            return ConfigurationOptions.Parse(connectionString) is { EndPoints.Count: > 0 } configuration ? configuration : null;
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            // Neither the text nor the parser's message is passed on: both may hold the password.
            return null;
        }
    }
}
