using Microsoft.Extensions.Configuration;
using OrleansAgents.Configuration;
using Xunit;

namespace OrleansAgents.Tests.Mcp;

public sealed class ToolServerSettingsTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    [Fact]
    public void Servers_OfTheSettings_AreThoseThatTheyName()
    {
        File.WriteAllText(_file, "the-key\n");
        var servers = Read(
            "search:Endpoint=https://tools.example/mcp", $"search:KeyFile={_file}", "search:Header=X-Api-Key", "search:Timeout=00:00:10", "search:Tools:0=find", "search:NeedsApproval=true",
            "Local:Endpoint=http://127.0.0.1:8000/mcp", "Local:Key=x");
        Assert.Equal(["local", "search"], servers.Keys.Order(StringComparer.Ordinal));
        var search = servers["search"];
        Assert.Equal(("X-Api-Key", TimeSpan.FromSeconds(10), true), (search.Header, search.Timeout, search.NeedsApproval));
        Assert.Equal(["find"], search.Tools);
    }

    [Theory]
    [InlineData("Agents:Mcp:Servers:search:Endpoint is missing", "search:Timeout=00:00:10")]
    [InlineData("Agents:Mcp:Servers:search:Endpoint is 'tools'; give an address", "search:Endpoint=tools")]
    [InlineData("Agents:Mcp:Servers:search:Endpoint is 'file:///etc/passwd'; give an address", "search:Endpoint=file:///etc/passwd")]
    [InlineData("Agents:Mcp:Servers:search:Endpoint holds a name or a password", "search:Endpoint=https://user:secret@tools.example/")]
    [InlineData("Agents:Mcp:Servers:search:Endpoints is no setting", "search:Endpoints=https://tools.example/mcp")]
    [InlineData("Agents:Mcp:Servers holds a server named 'a_b'", "a_b:Endpoint=https://tools.example/mcp")]
    [InlineData("Agents:Mcp:Servers:search:Timeout is 00:00:00", "search:Endpoint=https://tools.example/mcp", "search:Timeout=00:00:00")]
    [InlineData("Agents:Mcp:Servers:search:Timeout is '10'", "search:Endpoint=https://tools.example/mcp", "search:Timeout=10")]
    [InlineData("Agents:Mcp:Servers:search:Header is 'X Key'", "search:Endpoint=https://tools.example/mcp", "search:Header=X Key")]
    [InlineData("Agents:Mcp:Servers:search:Tools holds an empty name", "search:Endpoint=https://tools.example/mcp", "search:Tools:0= ")]
    [InlineData("Agents:Mcp:Servers:search:NeedsApproval is 'maybe'", "search:Endpoint=https://tools.example/mcp", "search:NeedsApproval=maybe")]
    [InlineData("Agents:Mcp:Servers:search:Key and KeyFile are both set", "search:Endpoint=https://tools.example/mcp", "search:Key=secret", "search:KeyFile=x")]
    [InlineData("Agents:Mcp:Servers:search:KeyFile is '/nowhere/key', which cannot be read", "search:Endpoint=https://tools.example/mcp", "search:KeyFile=/nowhere/key")]
    [InlineData("and the key would travel beyond this machine in the clear", "search:Endpoint=http://tools.example/mcp", "search:Key=secret")]
    public void Setting_ThatIsFaulty_IsNamedWithTheRemedyAndWithoutAKey(string expected, params string[] settings)
    {
        var fault = Assert.Throws<SettingsException>(() => Read(settings)).Message;
        Assert.Contains(expected, fault, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", fault, StringComparison.Ordinal);
    }

    public void Dispose() => File.Delete(_file);

    private static IReadOnlyDictionary<string, OrleansAgents.Mcp.ToolServerOptions> Read(params string[] settings) => SiloSettings.Read(new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(s => s.Split('=', 2)).Select(s => KeyValuePair.Create<string, string?>($"Agents:Mcp:Servers:{s[0]}", s[1]))).Build()).Mcp.Servers;
}
