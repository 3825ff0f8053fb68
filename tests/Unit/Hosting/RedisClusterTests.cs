using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Streams;
using OrleansAgents.Hosting;
using OrleansAgents.Redis;
using OrleansAgents.Topics;
using Xunit;

namespace OrleansAgents.Tests.Hosting;

public sealed class RedisClusterTests
{
    [Fact]
    public void Silo_OfACluster_KeepsEverythingUnderItsName()
    {
        var services = Silo(silo => silo.UseRedisCluster("127.0.0.1:6379,password=hush", "blue"));
        var cluster = services.GetRequiredService<IOptions<ClusterOptions>>().Value;
        Assert.Equal(("blue", "blue"), (cluster.ClusterId, cluster.ServiceId));
        var store = services.GetRequiredService<IOptions<RedisStoreOptions>>().Value;
        Assert.Equal(("blue", "127.0.0.1:6379,password=hush"), (store.KeyPrefix, store.ConnectionString));
        Assert.Equal(
            StreamPubSubType.ExplicitGrainBasedAndImplicit,
            services.GetRequiredService<IOptionsMonitor<StreamPubSubOptions>>().Get("topics").PubSubType);
    }

    [Fact]
    public void Retention_OfNothing_IsRefused()
    {
        var services = Silo(silo => silo.UseRedisCluster("127.0.0.1:6379").Services.Configure<TopicRetention>(r => r.Bytes = 0));
        var fault = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<TopicRetention>>().Value);
        Assert.Contains("TopicRetention.Age and Bytes must be above zero", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Membership_ConfiguredAfterwards_IsAsConfigured()
    {
        var services = Silo(silo => silo.UseRedisCluster("127.0.0.1:6379").Configure<ClusterMembershipOptions>(m => m.NumMissedProbesLimit = 7));
        var membership = services.GetRequiredService<IOptions<ClusterMembershipOptions>>().Value;
        Assert.Equal(7, membership.NumMissedProbesLimit);
        Assert.Equal(
            (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1.5), 2, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5), true),
            (membership.ProbeTimeout, membership.MaxProbeTimeout, membership.NumVotesForDeathDeclaration, membership.TableRefreshTimeout,
                membership.IAmAliveTablePublishTimeout, membership.EnableIndirectProbes));
    }

    [Theory]
    [InlineData("127.0.0.1:6379,pasword=hush", "agents")]
    [InlineData("password=hush", "agents")]
    [InlineData("127.0.0.1:6379,password=hush", "Blue")]
    public void Both_ToldWrongly_FailAtOnceWithoutThePassword(string connectionString, string clusterId)
    {
        var silo = Assert.Throws<ArgumentException>(() => Silo(s => s.UseRedisCluster(connectionString, clusterId)));
        var client = Assert.Throws<ArgumentException>(() => Client(c => c.UseRedisCluster(connectionString, clusterId)));
        Assert.DoesNotContain("hush", silo.ToString() + client, StringComparison.Ordinal);
    }

    [Fact]
    public void Client_OfACluster_LooksForItsSilosEveryTwoSeconds()
    {
        var services = Client(client => client.UseRedisCluster("127.0.0.1:6379", "blue"));
        Assert.Equal("blue", services.GetRequiredService<IOptions<ClusterOptions>>().Value.ClusterId);
        Assert.Equal(TimeSpan.FromSeconds(2), services.GetRequiredService<IOptions<GatewayOptions>>().Value.GatewayListRefreshPeriod);
    }

    private static IServiceProvider Silo(Action<ISiloBuilder> configure) =>
        Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings()).UseOrleans(configure).Services();

    private static IServiceProvider Client(Action<IClientBuilder> configure) =>
        Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings()).UseOrleansClient(configure).Services();
}

internal static class BuiltServices
{
    public static IServiceProvider Services(this IHostApplicationBuilder builder) => builder.Services.BuildServiceProvider();
}
