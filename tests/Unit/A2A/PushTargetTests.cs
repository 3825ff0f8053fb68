using System.Net;
using System.Net.Sockets;
using OrleansAgents.A2A;
using Xunit;

namespace OrleansAgents.Tests.A2A;

/// <summary>Where nothing is posted to, whoever asks for it.</summary>
public sealed class PushTargetTests
{
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("100.64.0.1")]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("169.254.169.254")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.0.0.8")]
    [InlineData("192.0.2.1")]
    [InlineData("192.168.0.1")]
    [InlineData("198.19.0.1")]
    [InlineData("203.0.113.5")]
    [InlineData("224.0.0.1")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::127.0.0.1")]
    [InlineData("64:ff9b::a00:1")]
    [InlineData("64:ff9b:1::1")]
    [InlineData("2001:db8::1")]
    [InlineData("2001:0:53aa:64c::1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("fc00::1")]
    [InlineData("fd12:3456::1")]
    [InlineData("fe80::1%1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    public void Address_ThatNotEverybodyCanReach_IsClosed(string address) => Assert.True(PushTargets.IsClosed(IPAddress.Parse(address)));

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("172.32.0.1")]
    [InlineData("100.128.0.1")]
    [InlineData("2606:4700::1111")]
    [InlineData("2002:808:808::")]
    [InlineData("64:ff9b::808:808")]
    [InlineData("::ffff:8.8.8.8")]
    public void Address_ThatEverybodyCanReach_IsOpen(string address) => Assert.False(PushTargets.IsClosed(IPAddress.Parse(address)));

    [Fact]
    public async Task Name_ThatStandsForThisMachineWhenSomethingIsPosted_IsNotConnectedTo()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        // Public when it was looked up first, as one who deceives would have it.
        using var sender = new PushSender(new PushOptions(), (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback, IPAddress.IPv6Loopback]));

        var (outcome, why) = await sender.PostAsync(new PushConfig($"http://hooks.example:{port}/secret"), "{}"u8.ToArray(), TestContext.Current.CancellationToken);

        Assert.Equal(PushOutcome.Refused, outcome);
        Assert.DoesNotContain("secret", why!, StringComparison.Ordinal);
        Assert.False(listener.Pending());
    }

    [Fact]
    public async Task Name_ThatIsAllowed_IsConnectedToWhereverItIs()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var options = new PushOptions { Hosts = { "HOOKS.example" } };
        using var sender = new PushSender(options, (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]));
        var posted = sender.PostAsync(new PushConfig($"http://hooks.example:{((IPEndPoint)listener.LocalEndpoint).Port}/"), "{}"u8.ToArray(), TestContext.Current.CancellationToken);

        using var accepted = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        await accepted.GetStream().WriteAsync("HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);

        Assert.Equal((PushOutcome.Taken, null), await posted);
    }

    [Fact]
    public async Task Receiver_ThatIsNotThere_IsTriedAgainLater()
    {
        using var sender = new PushSender(new PushOptions { Hosts = { "hooks.example" } }, (_, _) => throw new SocketException((int)SocketError.HostNotFound));

        Assert.Equal(PushOutcome.Failed, (await sender.PostAsync(new PushConfig("http://hooks.example/"), [], TestContext.Current.CancellationToken)).Outcome);
    }
}
