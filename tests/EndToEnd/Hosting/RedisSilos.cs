using System.Net;
using OrleansAgents.Tests.Redis;

namespace OrleansAgents.Tests.Hosting;

/// <summary>A real Redis and real silos that share it.</summary>
internal sealed class RedisSilos : IAsyncDisposable
{
    public const string Password = "never-to-be-printed";

    private readonly List<RedisSilo> _silos = [];

    private RedisSilos(RedisServer redis) => Redis = redis;

    public RedisServer Redis { get; }

    public int Count => _silos.Count;

    public RedisSilo this[int index] => _silos[index];

    public static async Task<RedisSilos> StartAsync(int count, params string[] more)
    {
        var silos = new RedisSilos(await RedisServer.StartAsync(Password));
        try
        {
            for (var i = 0; i < count; i++)
            {
                silos.Add(more);
            }

            await Task.WhenAll(silos._silos.Select(silo => silo.ReadyAsync()));
            return silos;
        }
        catch
        {
            await silos.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts one more silo; it need not be ready yet.</summary>
    public RedisSilo Add(params string[] more)
    {
        var silo = new RedisSilo(Redis.ConnectionString, more);
        _silos.Add(silo);
        return silo;
    }

    /// <summary>Runs the command line against the silos that Redis tells of.</summary>
    public async Task<(int ExitCode, string Output, string Error)> AgentsAsync(string? input, params string[] arguments)
    {
        await using var program = Start(input, arguments);
        var code = await program.ExitAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain(Password, program.Output + program.Error, StringComparison.Ordinal);
        return (code, program.Output, program.Error);
    }

    public RunningProgram Start(string? input, params string[] arguments) =>
        RunningProgram.Start(Programs.Agents, [.. arguments, "--redis", Redis.ConnectionString], input);

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in _silos)
        {
            await silo.DisposeAsync();
        }

        await Redis.DisposeAsync();
    }
}

/// <summary>One silo of several.</summary>
internal sealed class RedisSilo : IAsyncDisposable
{
    private static readonly HttpClient Http = new();
    private readonly string[] _arguments;
    private readonly string? _network;

    /// <param name="redis">Where Redis is.</param>
    /// <param name="more">Further arguments; can be changed for the next start.</param>
    /// <param name="network">The network namespace that the silo runs in, with the silo's address there; null for the test's own.</param>
    /// <param name="scheme">Of the silo's web address.</param>
    public RedisSilo(string redis, string[] more, (string Name, string Address)? network = null, string scheme = "http")
    {
        var address = network?.Address ?? "127.0.0.1";
        _network = network?.Name;
        Url = $"{scheme}://{address}:{Programs.FreePort()}";
        More = more;
        _arguments =
        [
            "--urls", Url, "--Agents:GatewayPort", $"{GatewayPort}", "--Agents:SiloPort", $"{SiloPort}", "--Agents:Profile", "Redis",
            "--ConnectionStrings:Redis", redis, "--Agents:DataDirectory", DataDirectory, "--Agents:Address", address,
            // The test's own wire is trusted.
            .. network is null ? (string[])[] : ["--Agents:Tls:Plaintext", "true"],
        ];
        Program = Start();
    }

    public string Url { get; }

    /// <summary>The arguments beside the usual ones, from the next start on.</summary>
    public IReadOnlyList<string> More { get; set; }

    public int GatewayPort { get; } = Programs.FreePort();

    public int SiloPort { get; } = Programs.FreePort();

    /// <summary>A directory that nobody should make.</summary>
    public string DataDirectory { get; } = Path.Combine(Path.GetTempPath(), $"agents-test-{Guid.NewGuid():N}");

    public RunningProgram Program { get; private set; }

    public Task<string> ReadyAsync() => Program.FirstLine.WaitAsync(TimeSpan.FromMinutes(2), TimeProvider.System, TestContext.Current.CancellationToken);

    /// <summary>Kills the silo as a power switch would.</summary>
    public ValueTask KillAsync() => Program.DisposeAsync();

    /// <summary>Starts it again after its end, on the same ports.</summary>
    public async Task<string> StartAgainAsync()
    {
        await Program.DisposeAsync();
        Program = Start();
        return await ReadyAsync();
    }

    private RunningProgram Start() => _network is null
        ? RunningProgram.Start(Programs.Silo, [.. _arguments, .. More])
        : RunningProgram.StartIn(_network, Programs.Silo, [.. _arguments, .. More]);

    public async Task<(HttpStatusCode Code, string Text)> GetAsync(string path)
    {
        using var response = await Http.GetAsync(new Uri(Url + path), TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Asks again and again until the text of an endpoint is as wanted.</summary>
    public async Task<HttpStatusCode> UntilAsync(string path, Func<string, bool> wanted)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3), TimeProvider.System);
        while (true)
        {
            patience.Token.ThrowIfCancellationRequested();
            var (code, text) = await GetAsync(path);
            if (wanted(text))
            {
                return code;
            }
        }
    }

    public ValueTask DisposeAsync() => Program.DisposeAsync();
}
