using OrleansAgents.Tests.Hosting;
using OrleansAgents.Tests.Redis;

namespace OrleansAgents.Tests.Deploy;

/// <summary>A real silo with the environment that a file of deploy/ gives it, but for what only a container has.</summary>
internal sealed class DeployedSilo : IAsyncDisposable
{
    private const string Secret = "the secret of the tests, of more than 32 bytes";
    private static readonly HttpClient Http = new();
    private readonly int _http = Programs.FreePort(), _operator = Programs.FreePort(), _gateway = Programs.FreePort();

    private DeployedSilo(RedisServer redis, IReadOnlyDictionary<string, string> environment)
    {
        Redis = redis;
        Program = RunningProgram.Start(Programs.Silo, [], environment: new Dictionary<string, string>(environment, StringComparer.Ordinal)
        {
            // As in a container, where nobody says otherwise.
            ["DOTNET_ENVIRONMENT"] = "Production",
            ["Agents__Keys__0__Secret"] = Secret,
            ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{_http}",
            ["ConnectionStrings__Redis"] = redis.ConnectionString,
            ["Agents__Address"] = "127.0.0.1",
            ["Agents__Listen"] = "127.0.0.1",
            ["Agents__SiloPort"] = $"{Programs.FreePort()}",
            ["Agents__GatewayPort"] = $"{_gateway}",
            ["Agents__Operator__Urls"] = $"http://127.0.0.1:{_operator}",
            // True is refused outside of a pod.
            ["Agents__Kubernetes"] = "false",
        });
    }

    public RedisServer Redis { get; }

    public RunningProgram Program { get; }

    public static async Task<DeployedSilo> StartAsync(IEnumerable<KeyValuePair<string, string>> environment)
    {
        // What sends telemetry away would look for a collector.
        var settings = environment.Where(pair => !pair.Key.StartsWith("OTEL_", StringComparison.Ordinal)).ToDictionary(StringComparer.Ordinal);
        var silo = new DeployedSilo(await RedisServer.StartAsync(), settings);
        try
        {
            await silo.Program.FirstLine.WaitAsync(TimeSpan.FromMinutes(2), TimeProvider.System, TestContext.Current.CancellationToken);
            return silo;
        }
        catch
        {
            await silo.DisposeAsync();
            throw;
        }
    }

    public Task<HttpResponseMessage> GetAsync(string path, bool asOperator) =>
        Http.GetAsync(new Uri($"http://127.0.0.1:{(asOperator ? _operator : _http)}{path}"), TestContext.Current.CancellationToken);

    public async Task<string> MetricsAsync()
    {
        using var response = await GetAsync("/metrics", asOperator: true);
        return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    public async Task<HashSet<string>> MetricNamesAsync() =>
        [.. (await MetricsAsync()).Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line[..line.IndexOfAny(['{', ' '])])];

    public Task<(int ExitCode, string Output, string Error)> AgentsAsync(string? input, params string[] arguments) =>
        CommandLine.RunAsync(input, [.. arguments, "--gateway", $"127.0.0.1:{_gateway}"],
            new Dictionary<string, string>(StringComparer.Ordinal) { ["AGENTS_KEY_ID"] = "operator", ["AGENTS_KEY"] = Secret });

    public async ValueTask DisposeAsync()
    {
        await Program.DisposeAsync();
        await Redis.DisposeAsync();
    }
}
