using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using OrleansAgents.Agents;
using OrleansAgents.Configuration;
using OrleansAgents.Endpoints;
using Xunit;

namespace OrleansAgents.Tests.Endpoints;

public sealed class CallerKeysTests : IDisposable
{
    private const string First = "the-first-of-the-keys", Second = "the-second-of-the-keys";

    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogger<CallerKeys> _log = new();
    private readonly string _file = Path.GetTempFileName();

    [Fact]
    public void Find_AKey_IsTheOneWithItsHash()
    {
        using var keys = Open(Configure("Sha256", Hash(First)));
        Assert.Equal((AgentId)"client/shop", keys.Find(First)!.Identity);
        Assert.Null(keys.Find(Second));
        Assert.Null(keys.Find(""));
        Assert.Null(keys.Find(Hash(First)));
    }

    [Fact]
    public void Keys_ThatSettingsChange_AreThoseOfNow()
    {
        var configuration = Configure("Sha256", Hash(First));
        using var keys = Open(configuration);
        configuration["Agents:Http:Keys:0:Sha256"] = Hash(Second);
        configuration.Reload();
        Assert.Null(keys.Find(First));
        Assert.NotNull(keys.Find(Second));
        configuration["Agents:Http:Keys:0:Sha256"] = "no hash";
        configuration.Reload();
        configuration.Reload();
        Assert.NotNull(keys.Find(Second));
        Assert.Equal(LogLevel.Error, Assert.Single(_log.Collector.GetSnapshot()).Level);
    }

    [Fact]
    public void Keys_OfAFileThatIsReplaced_AreThoseOfNow()
    {
        File.WriteAllText(_file, First + "\n");
        using var keys = Open(Configure("File", _file));
        Assert.NotNull(keys.Find(First));
        File.WriteAllText(_file, Second);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(keys.Find(First));
        Assert.NotNull(keys.Find(Second));
    }

    [Fact]
    public void Rates_OfCallers_AreTheirOwn()
    {
        using var keys = Open(Configure("Sha256", Hash(First)));
        using var rates = new CallerRates(keys);
        var slow = new HttpRate(1, 2);
        var waits = Enumerable.Range(0, 20).Select(_ => rates.FindWait("client/slow", slow)).ToList();
        Assert.Equal([null, null], waits[..2]);
        Assert.InRange(waits.Count(wait => wait is not null), 15, 18);
        Assert.All(waits.OfType<TimeSpan>(), wait => Assert.True(wait >= TimeSpan.FromSeconds(1)));
        Assert.Null(rates.FindWait("client/other", slow));
        Assert.Null(rates.FindWait("client/slow", rate: null));
    }

    public void Dispose() => File.Delete(_file);

    internal static string Hash(string key) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private static IConfigurationRoot Configure(string name, string value) => new ConfigurationBuilder()
        .AddInMemoryCollection([
            KeyValuePair.Create<string, string?>("Agents:Http:Keys:0:Id", "shop"), KeyValuePair.Create<string, string?>("Agents:Http:Keys:0:Identity", "client/shop"),
            KeyValuePair.Create<string, string?>($"Agents:Http:Keys:0:{name}", value),
        ])
        .Build();

    private CallerKeys Open(IConfiguration configuration) => new(SiloSettings.Read(configuration).Http, configuration, _time, _log);
}
