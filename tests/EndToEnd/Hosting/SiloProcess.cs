using OrleansAgents.Tests.Hosting;

[assembly: AssemblyFixture(typeof(SiloProcess))]

namespace OrleansAgents.Tests.Hosting;

/// <summary>A real silo on free ports, for all tests that only talk to it.</summary>
public sealed class SiloProcess : IAsyncLifetime
{
    public const string KeyId = "tests";

    /// <summary>What callers by HTTP show: one that is client/shop, and one that is client/slow and may send two messages at once.</summary>
    public const string ShopKey = "the-key-of-the-shop", SlowKey = "the-key-of-the-slow";

    private RunningProgram? _program;

    public string Gateway { get; } = $"127.0.0.1:{Programs.FreePort()}";

    public string Url { get; } = $"http://127.0.0.1:{Programs.FreePort()}";

    public SiloProcess() => File.WriteAllText(KeyFile, Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32)));

    /// <summary>Where the silo keeps its file; its own, and gone with it.</summary>
    public string DataDirectory { get; } = Path.Combine(Path.GetTempPath(), $"agents-test-{Guid.NewGuid():N}");

    /// <summary>The secret that the command line signs with: this silo runs as one does in production, and takes in nothing unsigned.</summary>
    public string KeyFile { get; } = Path.Combine(Path.GetTempPath(), $"agents-test-{Guid.NewGuid():N}.key");

    /// <summary>What has the command line sign.</summary>
    public IReadOnlyDictionary<string, string> Signing => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["AGENTS_KEY_FILE"] = KeyFile,
        ["AGENTS_KEY_ID"] = KeyId,
    };

    /// <summary>What it is told besides, at every start.</summary>
    internal string[] Settings { get; init; } = [];

    private static string[] HttpKeys =>
    [
        "--Agents:Http:Keys:0:Id", "shop", "--Agents:Http:Keys:0:Identity", "client/shop", "--Agents:Http:Keys:0:Sha256", Hash(ShopKey), "--Agents:Http:Rate:PerSecond", "1000",
        "--Agents:Http:Keys:1:Id", "slow", "--Agents:Http:Keys:1:Identity", "client/slow", "--Agents:Http:Keys:1:Sha256", Hash(SlowKey),
        "--Agents:Http:Keys:1:Rate:PerSecond", "1", "--Agents:Http:Keys:1:Rate:Burst", "2",
    ];

    internal RunningProgram Program => _program!;

    public async ValueTask InitializeAsync()
    {
        _program = Start(new Dictionary<string, string>(StringComparer.Ordinal) { ["DOTNET_ENVIRONMENT"] = "Production" });
        await _program.FirstLine.WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_program is not null)
        {
            await _program.DisposeAsync();
        }

        File.Delete(KeyFile);
        if (System.IO.Directory.Exists(DataDirectory))
        {
            System.IO.Directory.Delete(DataDirectory, recursive: true);
        }
    }

    internal RunningProgram Start(params string[] more) => Start(new Dictionary<string, string>(StringComparer.Ordinal), more);

    internal RunningProgram Start(IReadOnlyDictionary<string, string> environment, params string[] more) => RunningProgram.Start(
        Programs.Silo,
        ["--urls", Url, "--Agents:GatewayPort", Gateway.Split(':')[1], "--Agents:SiloPort", $"{Programs.FreePort()}", "--Agents:DataDirectory", DataDirectory,
            "--Agents:Keys:0:Id", KeyId, "--Agents:Keys:0:Identity", "*", "--Agents:Keys:0:File", KeyFile, .. HttpKeys, .. Settings, .. more],
        environment: environment);

    /// <summary>Starts the silo again, on the same file and at the same ports.</summary>
    internal async Task RestartAsync()
    {
        _program = Start();
        await _program.FirstLine.WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System, TestContext.Current.CancellationToken);
    }

    /// <summary>Kills the silo as a power switch would.</summary>
    internal async Task KillAsync()
    {
        await _program!.DisposeAsync();
        _program = null;
    }

    private static string Hash(string key) => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(key)));

    /// <summary>Runs the command line against this silo.</summary>
    internal async Task<(int ExitCode, string Output, string Error)> AgentsAsync(string? input, params string[] arguments)
    {
        await using var program = RunningProgram.Start(Programs.Agents, [.. arguments, "--gateway", Gateway], input, Signing);
        var code = await program.ExitAsync(TestContext.Current.CancellationToken);
        return (code, program.Output, program.Error);
    }
}
