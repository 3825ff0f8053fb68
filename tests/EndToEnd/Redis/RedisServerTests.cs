using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OrleansAgents.Tests.Redis;

/// <summary>The server that other tests rest on.</summary>
public sealed class RedisServerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Redis_EndedAndStartedAgain_HasWhatItHad(bool inOrder)
    {
        await using var redis = await RedisServer.StartAsync();
        Assert.Equal("+OK", await SayAsync(redis, "SET kept yes"));
        await (inOrder ? redis.StopAsync() : redis.KillAsync());
        await Assert.ThrowsAsync<SocketException>(() => SayAsync(redis, "GET kept"));
        await redis.StartAgainAsync();
        Assert.Equal(":1", await SayAsync(redis, "EXISTS kept"));
    }

    [Fact]
    public async Task Redis_WithAPassword_RefusesWhoHasNone()
    {
        await using var redis = await RedisServer.StartAsync("s3cret");
        Assert.StartsWith("-NOAUTH", await SayAsync(redis, "GET kept"), StringComparison.Ordinal);
        Assert.Equal($"127.0.0.1:{redis.Port},password=s3cret", redis.ConnectionString);
    }

    [Fact]
    public async Task Redis_Disposed_LeavesNoDirectoryAndNoListener()
    {
        var redis = await RedisServer.StartAsync();
        await redis.DisposeAsync();
        Assert.False(System.IO.Directory.Exists(redis.DataDirectory));
        await Assert.ThrowsAsync<SocketException>(() => SayAsync(redis, "PING"));
    }

    private static async Task<string?> SayAsync(RedisServer redis, string command)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, redis.Port, Token);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(command + "\r\n"), Token);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return await reader.ReadLineAsync(Token);
    }
}
