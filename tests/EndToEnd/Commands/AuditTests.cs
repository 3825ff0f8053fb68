using System.Text.Json;
using OrleansAgents.Tests.Hosting;

namespace OrleansAgents.Tests.Commands;

public sealed class AuditTests : IAsyncLifetime
{
    private readonly string _directory = System.IO.Directory.CreateTempSubdirectory("agents-audit-").FullName;
    private readonly SiloProcess _silo;

    public AuditTests() => _silo = new SiloProcess { Settings = ["--Agents:Audit", "true", "--Agents:AuditKeyFile", KeyFile] };

    private string KeyFile => Path.Combine(_directory, "audit.key");

    private string LogFile => Path.Combine(_directory, "log.jsonl");

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(KeyFile, new string('k', 32));
        await _silo.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _silo.DisposeAsync();
        System.IO.Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Log_OfAnAgent_IsShownExportedAndVerified()
    {
        await RunAsync(null, 0, "tell", "counter/audit", "counter.add", """{"amount":1}""", "--sender", "client/me");
        await RunAsync(null, 1, "tell", "counter/audit", "counter.unheard", "{}");
        var shown = await RunAsync(null, 0, "audit", "show", "counter/audit", "--after", "1");
        Assert.Contains("refused: unknown-contract", shown.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("client/me", shown.Output, StringComparison.Ordinal);

        var exported = (await RunAsync(null, 0, "audit", "export", "counter/audit")).Output;
        Assert.Equal(
            [("counter.add", "client/me"), ("counter.unheard", "client/cli"), ("agent.audit", "client/cli")],
            exported.Split('\n').Select(line => JsonElement.Parse(line)).Select(e => (e.GetProperty("type").GetString(), e.GetProperty("sender").GetString())));

        await File.WriteAllTextAsync(LogFile, exported, TestContext.Current.CancellationToken);
        var verified = JsonElement.Parse((await RunAsync(null, 0, "audit", "verify", LogFile, "--key-file", KeyFile, "--json")).Output);
        Assert.Equal(("counter/audit", 3), (verified.GetProperty("agent").GetString(), verified.GetProperty("last").GetInt32()));

        var altered = exported.Replace("client/me", "client/him", StringComparison.Ordinal);
        Assert.StartsWith("altered at 1:", (await RunAsync(altered, 1, "audit", "verify", "-", "--key-file", KeyFile)).Error, StringComparison.Ordinal);
        var cut = exported[..exported.LastIndexOf('\n')];
        var head = verified.GetProperty("head").GetString()!;
        Assert.StartsWith("truncated at 3:", (await RunAsync(cut, 1, "audit", "verify", "-", "--key-file", KeyFile, "--head", head)).Error, StringComparison.Ordinal);
        Assert.Contains("--key-file", (await RunAsync(exported, 2, "audit", "verify", "-")).Error, StringComparison.Ordinal);
    }

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(string? input, int expected, params string[] arguments)
    {
        var result = await _silo.AgentsAsync(input, arguments);
        Assert.True(result.ExitCode == expected, $"{result.ExitCode}: {result.Output}{result.Error}");
        return result;
    }
}
