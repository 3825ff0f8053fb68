using System.Net;
using Microsoft.Extensions.Configuration;
using OrleansAgents.Configuration;
using Xunit;

namespace OrleansAgents.Tests.Configuration;

public sealed class ClusterSettingsTests
{
    private const string Redis = "ConnectionStrings:Redis=127.0.0.1:6379,password=hush";

    [Fact]
    public void Read_NothingSet_IsTheClusterOfTheEmbeddedProfile()
    {
        var options = Read();
        Assert.Equal("agents", options.Cluster);
        Assert.Null(options.Redis);
        Assert.Null(options.Address);
        Assert.Empty(options.Labels);
        Assert.True(options.Operator.Enabled);
        Assert.Empty(options.Operator.Urls);
    }

    [Fact]
    public void Read_AllOfTheCluster_IsAsSet()
    {
        var options = Read(
            "Agents:Profile=redis", Redis, "Agents:Cluster=blue-2", "Agents:Address=silo-1.example", "Agents:Listen=0.0.0.0", "Agents:Labels:0=gpu", "Agents:Labels:1=eu",
            "Agents:Membership:ProbeTimeout=00:00:02", "Agents:Membership:MissedProbes=4", "Agents:Membership:Votes=1",
            "Agents:Operator:Enabled=false", "Agents:Operator:Urls=http://127.0.0.1:9090;http://[::1]:9091");
        Assert.Equal((SiloProfile.Redis, "127.0.0.1:6379,password=hush", "blue-2"), (options.Profile, options.Redis, options.Cluster));
        Assert.Equal(("silo-1.example", IPAddress.Any), (options.Address, options.Listen));
        Assert.Equal(["gpu", "eu"], options.Labels);
        Assert.Equal((TimeSpan.FromSeconds(2), 4, 1), (options.Membership.ProbeTimeout, options.Membership.MissedProbes, options.Membership.Votes));
        Assert.False(options.Operator.Enabled);
        Assert.Equal([9090, 9091], options.Operator.Urls.Select(u => u.Port));
    }

    [Theory]
    [InlineData("ConnectionStrings:Redis is missing", "Agents:Profile=Redis")]
    [InlineData("ConnectionStrings:Redis is no connection string", "Agents:Profile=Redis", "ConnectionStrings:Redis=127.0.0.1:6379,pasword=hush")]
    [InlineData("ConnectionStrings:Redis is no connection string", "Agents:Profile=Redis", "ConnectionStrings:Redis=password=hush")]
    [InlineData("Agents:Profile is 'Rediss'", "Agents:Profile=Rediss")]
    [InlineData("Agents:Cluster is 'Blue'", "Agents:Cluster=Blue")]
    [InlineData("Agents:Cluster is 'a/b'", "Agents:Cluster=a/b")]
    [InlineData("Agents:Cluster is ''", "Agents:Cluster=")]
    [InlineData("Agents:Cluster is '-a'", "Agents:Cluster=-a")]
    [InlineData("Agents:Address is '0.0.0.0'", "Agents:Address=0.0.0.0")]
    [InlineData("Agents:Address is '::'", "Agents:Address=::")]
    [InlineData("Agents:Address is ' '", "Agents:Address= ")]
    [InlineData("Agents:Listen is 'everywhere'", "Agents:Listen=everywhere")]
    [InlineData("Agents:Labels holds ' '", "Agents:Labels:0= ")]
    [InlineData("Agents:Labels holds 'GPU'", "Agents:Labels:0=eu", "Agents:Labels:1=GPU")]
    [InlineData("Agents:Membership:ProbeTimeout is '1'", "Agents:Membership:ProbeTimeout=1")]
    [InlineData("Agents:Membership:ProbeTimeout is", "Agents:Membership:ProbeTimeout=00:00:00")]
    [InlineData("Agents:Membership:MissedProbes", "Agents:Membership:MissedProbes=0")]
    [InlineData("Agents:Membership:Vote is no setting", "Agents:Membership:Vote=1")]
    [InlineData("Agents:Operator:Urls holds 'nonsense'", "Agents:Operator:Urls=nonsense")]
    [InlineData("Agents:Operator:Urls holds an address without a port", "Agents:Operator:Urls=http://127.0.0.1:0")]
    [InlineData("Agents:Kubernetes is true and Agents:Profile is not Redis", "Agents:Kubernetes=true")]
    [InlineData("is in no pod", "Agents:Kubernetes=true", "Agents:Profile=Redis", Redis)]
    public void Read_SomethingWrong_NamesTheSettingAndKeepsThePassword(string expected, params string[] settings)
    {
        var fault = Assert.Throws<SettingsException>(() => Read(settings)).Message;
        Assert.Contains(expected, fault, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Addresses_NothingSet_AreTheLoopbackAddress() =>
        Assert.Equal(new SiloAddresses(IPAddress.Loopback, IPAddress.Loopback), await SiloAddresses.FindAsync(new SiloOptions()));

    [Fact]
    public async Task Addresses_OfAnAddress_AreListenedOnUnlessToldOtherwise()
    {
        var address = IPAddress.Parse("10.1.2.3");
        Assert.Equal(new SiloAddresses(address, address), await SiloAddresses.FindAsync(new SiloOptions { Address = "10.1.2.3" }));
        Assert.Equal(new SiloAddresses(address, IPAddress.Any), await SiloAddresses.FindAsync(new SiloOptions { Address = "10.1.2.3", Listen = IPAddress.Any }));
    }

    [Fact]
    public async Task Addresses_OfAHostName_AreItsOwn() =>
        Assert.True(IPAddress.IsLoopback((await SiloAddresses.FindAsync(new SiloOptions { Address = "localhost" })).Reached!));

    [Fact]
    public async Task Addresses_OfANameThatDoesNotResolve_NameTheSetting() =>
        Assert.Contains(
            "Agents:Address is 'nobody.invalid'",
            (await Assert.ThrowsAsync<SettingsException>(() => SiloAddresses.FindAsync(new SiloOptions { Address = "nobody.invalid" }))).Message,
            StringComparison.Ordinal);

    [Fact]
    public async Task Addresses_InAPod_AreThePods() =>
        Assert.Equal(new SiloAddresses(null, IPAddress.Any), await SiloAddresses.FindAsync(new SiloOptions { Kubernetes = true }));

    private static SiloOptions Read(params string[] settings) => SiloSettings.Read(new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(s => s.Split('=', 2)).Select(s => KeyValuePair.Create<string, string?>(s[0], s[1])))
        .Build());
}
