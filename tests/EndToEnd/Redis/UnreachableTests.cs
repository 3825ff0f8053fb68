using OrleansAgents.Tests.Hosting;

namespace OrleansAgents.Tests.Redis;

/// <summary>What is said of a Redis that cannot be used: a sentence with what to try, and never the password.</summary>
public sealed class UnreachableTests
{
    private static readonly string Nobody = $"127.0.0.1:{Programs.FreePort()},password={RedisSilos.Password}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Command_WithNoRedisThere_ExitsWithThree()
    {
        var (code, error) = await AgentsAsync("list", "--redis", Nobody);
        Assert.Equal(3, code);
        Assert.Contains("--redis", Assert.Single(error.Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_WithAWrongPassword_ExitsWithThreeAndSaysSo()
    {
        await using var redis = await RedisServer.StartAsync("another");
        var (code, error) = await AgentsAsync("list", "--redis", $"127.0.0.1:{redis.Port},password={RedisSilos.Password}");
        Assert.Equal(3, code);
        Assert.Contains("the password", Assert.Single(error.Split('\n')), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--redis", "127.0.0.1:6379", "--gateway", "127.0.0.1:30000")]
    [InlineData("--redis", "127.0.0.1:6379,pasword=" + RedisSilos.Password)]
    [InlineData("--redis", "127.0.0.1:6379", "--cluster", "Not a name")]
    public async Task Command_ToldWrongly_ExitsWithTwo(params string[] arguments)
    {
        var (code, error) = await AgentsAsync(["list", .. arguments]);
        Assert.Equal(2, code);
        Assert.NotEmpty(error);
    }

    [Fact]
    public async Task Command_WithRedisInItsEnvironment_UsesIt()
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["AGENTS_REDIS"] = Nobody };
        await using var program = RunningProgram.Start(Programs.Agents, ["list"], environment: environment);
        Assert.Equal(3, await program.ExitAsync(Token));
        Assert.Contains("Redis at 127.0.0.1", program.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(RedisSilos.Password, program.Error, StringComparison.Ordinal);

        await using var told = RunningProgram.Start(Programs.Agents, ["list", "--gateway", $"127.0.0.1:{Programs.FreePort()}"], environment: environment);
        Assert.Equal(3, await told.ExitAsync(Token));
        Assert.DoesNotContain("Redis", told.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Silo_ThatCannotUseItsRedis_SaysSoAndExitsWithOne(bool isThere)
    {
        await using var redis = await RedisServer.StartAsync("another");
        await using var silo = new RedisSilo(isThere ? $"127.0.0.1:{redis.Port},password={RedisSilos.Password}" : Nobody, []);
        Assert.Equal(1, await silo.Program.ExitAsync(Token));
        Assert.Contains("Redis at 127.0.0.1:", Assert.Single(silo.Program.Error.Split('\n')), StringComparison.Ordinal);
        Assert.DoesNotContain(RedisSilos.Password, silo.Program.Error, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(() => silo.Program.FirstLine);
    }

    private static async Task<(int ExitCode, string Error)> AgentsAsync(params string[] arguments)
    {
        await using var program = RunningProgram.Start(Programs.Agents, arguments);
        var code = await program.ExitAsync(Token);
        Assert.DoesNotContain(RedisSilos.Password, program.Output + program.Error, StringComparison.Ordinal);
        return (code, program.Error);
    }
}
