using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OrleansAgents.Tests.Deploy;

/// <summary>What the files of deploy/ say of a silo is held against a real one.</summary>
[Collection(nameof(Deploy))]
public sealed class DeployedSiloTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Compose_EnvironmentOfASilo_IsTakenAndTheDashboardFindsItsMetrics()
    {
        await using var silo = await DeployedSilo.StartAsync(DeployFiles.ComposeEnvironment("silo1"));
        var path = (string)DeployFiles.At(Assert.Single((List<object>)DeployFiles.At(DeployFiles.Read("telemetry/prometheus.yaml"), "scrape_configs")), "metrics_path");
        Assert.Equal("/metrics", path);
        await LoadAsync(silo);
        var wanted = DeployFiles.DashboardMetrics.ToList();
        Assert.True(wanted.Count > 15);
        var names = await silo.MetricNamesAsync();
        Assert.DoesNotContain(wanted, metric => !names.Contains(metric.Metric));
        // Without steps below a second no percentile could be read.
        Assert.Matches("agents_message_duration_seconds_bucket[^\n]*le=\"0.01\"", await silo.MetricsAsync());
        using var elsewhere = await silo.GetAsync("/metrics", asOperator: false);
        Assert.Equal(HttpStatusCode.NotFound, elsewhere.StatusCode);
    }

    [Fact]
    public async Task Kubernetes_EnvironmentOfASilo_IsTakenAndItsProbesAreAnswered()
    {
        var container = DeployFiles.SiloContainer();
        await using var silo = await DeployedSilo.StartAsync(container.Env.Where(e => e.Value is not null).Select(e => KeyValuePair.Create(e.Name, e.Value)));
        foreach (var probe in (k8s.Models.V1Probe[])[container.StartupProbe, container.LivenessProbe, container.ReadinessProbe])
        {
            Assert.Equal("http", probe.HttpGet.Port);
            using var answer = await silo.GetAsync(probe.HttpGet.Path, asOperator: false);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        silo.Program.Terminate();
        Assert.Equal(0, await silo.Program.ExitAsync(Token));
    }

    [Fact]
    public async Task Environment_WithANameThatIsNoSetting_IsRefused()
    {
        var environment = DeployFiles.ComposeEnvironment("silo1");
        environment["Agents__Cluter"] = "agents";
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => DeployedSilo.StartAsync(environment));
        Assert.Contains("Agents:Cluter is no setting", fault.Message, StringComparison.Ordinal);
    }

    /// <summary>Something of each kind that the platform counts.</summary>
    private static async Task LoadAsync(DeployedSilo silo)
    {
        const string Message = """{"id":"0198d2f0-3c5e-8000-9a1b-2c3d4e000001","recipient":"counter/a","type":"counter.add","payload":{"amount":1}}""";
        await AgentsAsync(silo, 0, $"{Message}\n{Message}\n", "send", "-");
        await AgentsAsync(silo, 0, null, "ask", "relay/a", "relay.send", """{"to":"chaos/a","type":"chaos.refuse","payload":{"code":"chaos.no","message":"no"}}""");
        await AgentsAsync(silo, 0, null, "ask", "relay/a", "relay.send", """{"to":"chaos/b","type":"chaos.fail","payload":{"times":1,"name":"b"}}""");
        await ConfigureAsync(silo, "maxmemory 1mb");
        await AgentsAsync(silo, 1, null, "ask", "counter/a", "counter.add", """{"amount":1}""", "--timeout", "3");
        await ConfigureAsync(silo, "maxmemory 0");
        await RetriedAsync(silo);
    }

    private static async Task AgentsAsync(DeployedSilo silo, int expected, string? input, params string[] arguments)
    {
        var (code, output, error) = await silo.AgentsAsync(input, arguments);
        Assert.True(code == expected, $"Exit code {code}: {output} {error}");
    }

    /// <summary>The second try comes on its own, some time after the first.</summary>
    private static async Task RetriedAsync(DeployedSilo silo)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1), TimeProvider.System);
        while (!(await silo.MetricNamesAsync()).IsSupersetOf(["agents_message_retries_total", "agents_message_given_up_total"]))
        {
            patience.Token.ThrowIfCancellationRequested();
        }
    }

    private static async Task ConfigureAsync(DeployedSilo silo, string setting)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, silo.Redis.Port, Token);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"CONFIG SET {setting}\r\n"), Token);
        using var reader = new StreamReader(stream);
        Assert.Equal("+OK", await reader.ReadLineAsync(Token));
    }
}
