using Microsoft.Extensions.Configuration;
using OrleansAgents.A2A;
using OrleansAgents.Configuration;
using Xunit;

namespace OrleansAgents.Tests.Configuration;

public sealed class RemoteSettingsTests : IDisposable
{
    private const string Weather = "Agents:Remotes:Weather:";

    private readonly string _keyFile = Path.GetTempFileName();

    public void Dispose() => File.Delete(_keyFile);

    [Fact]
    public void Read_OfAgents_TakesWhatIsSetAndDefaultsElsewhere()
    {
        File.WriteAllText(_keyFile, " k-1\n");
        var remotes = Read(
            Weather + "Url=https://agents.example.com/weather", Weather + $"KeyFile={_keyFile}", Weather + "KeyHeader=X-Api-Key", Weather + "Timeout=00:00:10",
            Weather + "StreamTimeout=00:01:00", Weather + "Retries=0", Weather + "BreakAfter=2", Weather + "BreakFor=00:00:05", Weather + "PollInterval=00:00:03",
            Weather + "CardAge=00:01:00", Weather + "MaxBytes=4096", Weather + "MaxCalls=7", "Agents:Remotes:other:Url=http://10.0.0.1:8080").Remotes;
        var remote = remotes["weather"];
        Assert.Equal(
            ("https://agents.example.com/weather", "k-1", "X-Api-Key", 10, 60, 0, 2, 5, 3, 60, 4096, 7),
            (remote.Url!.ToString(), remote.ReadKey(), remote.KeyHeader, remote.Timeout.TotalSeconds, remote.StreamTimeout.TotalSeconds, remote.Retries, remote.BreakAfter,
                remote.BreakFor.TotalSeconds, remote.PollInterval.TotalSeconds, remote.CardAge.TotalSeconds, remote.MaxBytes, remote.MaxCalls));
        Assert.Equal((4, null), (remotes["other"].Retries, remotes["other"].ReadKey()));
        Assert.Empty(Read().Remotes);
    }

    [Theory]
    [InlineData("Agents:Remotes:Weather:Url is 'nowhere'", Weather + "Url=nowhere")]
    [InlineData("Agents:Remotes:Weather:Url is 'ftp://x'", Weather + "Url=ftp://x")]
    [InlineData("Agents:Remotes:weather:Url is missing", Weather + "Retries=1")]
    [InlineData("Agents:Remotes:weather:Url holds a name or a password", Weather + "Url=https://me:k-1@x")]
    [InlineData("Agents:Remotes:weather:Url has a part behind a #", Weather + "Url=https://x/#y")]
    [InlineData("Agents:Remotes:Weather:Host is no setting", Weather + "Host=x")]
    [InlineData("Agents:Remotes holds an agent named 'two words'", "Agents:Remotes:two words:Url=https://x")]
    [InlineData("Key and KeyFile are both set", Weather + "Url=https://x", Weather + "Key=k-1", Weather + "KeyFile=/no/file")]
    [InlineData("KeyFile is '/no/file', which cannot be read", Weather + "Url=https://x", Weather + "KeyFile=/no/file")]
    [InlineData("in the clear", Weather + "Url=http://agents.example.com", Weather + "Key=k-1")]
    [InlineData("characters that no header holds", Weather + "Url=https://x", Weather + "Key=k 1")]
    [InlineData("KeyHeader is no name of a header", Weather + "Url=https://x", Weather + "KeyHeader=X Key")]
    [InlineData("must be above zero and up to a day", Weather + "Url=https://x", Weather + "Timeout=00:00:00")]
    [InlineData("BreakFor must be from", Weather + "Url=https://x", Weather + "BreakFor=00:00:00.1")]
    [InlineData("Retries must be from 0 to 20", Weather + "Url=https://x", Weather + "Retries=21")]
    [InlineData("BreakAfter must be 2 or more", Weather + "Url=https://x", Weather + "BreakAfter=1")]
    [InlineData("MaxBytes must be 1024 or more", Weather + "Url=https://x", Weather + "MaxBytes=1")]
    [InlineData("MaxCalls must be 1 or more", Weather + "Url=https://x", Weather + "MaxCalls=0")]
    public void Read_OfAFault_NamesTheSettingAndHoldsNoKey(string expected, params string[] settings)
    {
        var fault = Assert.Throws<SettingsException>(() => Read(settings)).Message;
        Assert.Contains(expected, fault, StringComparison.Ordinal);
        Assert.DoesNotContain("k-1", fault, StringComparison.Ordinal);
        Assert.DoesNotContain("k 1", fault, StringComparison.Ordinal);
    }

    private static RemotesOptions Read(params string[] settings) => SiloSettings.Read(new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(s => s.Split('=', 2)).Select(s => KeyValuePair.Create<string, string?>(s[0], s[1]))).Build()).Remotes;
}
