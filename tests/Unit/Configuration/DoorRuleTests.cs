using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using OrleansAgents.Configuration;
using OrleansAgents.Tests.Security;
using Xunit;

namespace OrleansAgents.Tests.Configuration;

public sealed class DoorRuleTests
{
    [Theory]
    [InlineData("127.0.0.1", "http://127.0.0.1:5000")]
    [InlineData("127.9.9.9", "http://localhost:5000")]
    [InlineData("::1", "http://[::1]:5000")]
    public void Check_LoopbackAddresses_AreNoMatter(string listen, string url) => Assert.Empty(Check(listen, url));

    [Theory]
    [InlineData("0.0.0.0", "http://127.0.0.1:5000", "silos and clients at 0.0.0.0")]
    [InlineData("10.1.2.3", "http://127.0.0.1:5000", "silos and clients at 10.1.2.3")]
    [InlineData("127.0.0.1", "http://0.0.0.0:5000", "http://0.0.0.0:5000")]
    [InlineData("127.0.0.1", "http://*:5000", "http://*:5000")]
    [InlineData("127.0.0.1", "http://silo.example:5000", "http://silo.example:5000")]
    [InlineData("127.0.0.1", "http://127.0.0.1:5000", "http://0.0.0.0:5001", "Agents:Operator:Urls=http://0.0.0.0:5001")]
    [InlineData("127.0.0.1", "http://127.0.0.1:5000", "http://0.0.0.0:80", "Kestrel:Endpoints:All:Url=http://0.0.0.0:80")]
    public void Check_AnOpenDoor_IsRefusedUnlessToldAndThenNamed(string listen, string url, string door, params string[] settings)
    {
        var fault = Assert.Throws<SettingsException>(() => Check(listen, url, settings)).Message;
        Assert.Contains(door, fault, StringComparison.Ordinal);
        Assert.Contains("Agents:Tls:Certificate", fault, StringComparison.Ordinal);
        Assert.Contains("Agents:Tls:Plaintext=true", fault, StringComparison.Ordinal);
        Assert.Equal([door], Check(listen, url, [.. settings, "Agents:Tls:Plaintext=true"]));
    }

    [Fact]
    public void Check_WithACertificate_LeavesTheDoorsOfHttpToHttps()
    {
        using var authority = new TestAuthority();
        var certificate = authority.Issue("silo");
        string[] settings = [$"Agents:Tls:Certificate={certificate.File}", $"Agents:Tls:Key={certificate.Key}", $"Agents:Tls:Authority={certificate.Authority}"];
        Assert.Empty(Check("0.0.0.0", "https://0.0.0.0:5000", settings));
        Assert.DoesNotContain("silos and clients", Assert.Throws<SettingsException>(() => Check("0.0.0.0", "http://0.0.0.0:5000", settings)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_HttpsWithoutACertificate_NamesTheSetting()
    {
        Assert.Contains("Agents:Tls:Certificate", Assert.Throws<SettingsException>(() => Check("127.0.0.1", "https://127.0.0.1:5000")).Message, StringComparison.Ordinal);
        Assert.Empty(Check("127.0.0.1", "https://127.0.0.1:5000", "Kestrel:Certificates:Default:Path=/some/file.pfx"));
    }

    [Theory]
    [InlineData("Agents:Tls:Keys is no setting", "Agents:Tls:Keys=a")]
    [InlineData("Agents:Tls:Certificate is missing", "Agents:Tls:Authority=/a")]
    [InlineData("Agents:Tls:Certificate is '/a', which cannot be read", "Agents:Tls:Certificate=/a", "Agents:Tls:Key=/b", "Agents:Tls:Authority=/c")]
    [InlineData("Agents:Tls:Plaintext is 'yes'", "Agents:Tls:Plaintext=yes")]
    public void Settings_OfTls_AreNamedWhereTheyAreWrong(string expected, params string[] settings) =>
        Assert.Contains(expected, Assert.Throws<SettingsException>(() => Read(settings)).Message, StringComparison.Ordinal);

    private static IReadOnlyList<string> Check(string listen, string url, params string[] settings)
    {
        var (options, configuration) = Read(settings);
        return DoorRule.Check(options, IPAddress.Parse(listen), [BindingAddress.Parse(url)], configuration, development: false);
    }

    private static (SiloOptions Options, IConfiguration Configuration) Read(params string[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => s.Split('=', 2)).Select(s => KeyValuePair.Create<string, string?>(s[0], s[1])))
            .Build();
        return (SiloSettings.Read(configuration), configuration);
    }
}
