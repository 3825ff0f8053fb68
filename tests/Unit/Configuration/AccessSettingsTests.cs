using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using OrleansAgents.Configuration;
using OrleansAgents.Security;
using Xunit;

namespace OrleansAgents.Tests.Configuration;

public sealed class AccessSettingsTests
{
    private const string Rule = "Agents:Access:Rules:0:";

    [Fact]
    public void Read_Rules_AreAsSet()
    {
        var options = Read(
            Rule + "Name=tills", Rule + "From=client/till-*", Rule + "Send=order.*", Rule + "To=shop/*",
            "Agents:Access:Rules:1:From=*", "Agents:Access:Rules:1:Publish=orders/**", "Agents:Access:Rules:1:Deny=true",
            "Agents:Access:Rules:eu:From=client/eu", "Agents:Access:Rules:eu:Subscribe=orders/eu");
        Assert.Null(options.Fault);
        Assert.Equal(
            [("tills", "client/till-*", "order.*", "shop/*", null, null, false), (null, "*", null, null, "orders/**", null, true), (null, "client/eu", null, null, null, "orders/eu", false)],
            options.Rules.Select(r => (r.Name, r.From, r.Send, r.To, r.Publish, r.Subscribe, r.Deny)));
        Assert.False(new AccessPolicy(options).IsEmpty);
    }

    [Theory]
    [InlineData("Agents:Access:Rule is no setting; the settings of Agents:Access are Rules", "Agents:Access:Rule:0:From=*")]
    [InlineData("Agents:Access:Rules:0:Froom is no setting", Rule + "Froom=*")]
    [InlineData("Agents:Access:Rules:0:Deny is 'yes'; give true or false", Rule + "From=*", Rule + "Publish=*", Rule + "Deny=yes")]
    [InlineData("Agents:Access:Rules:0:From is missing", Rule + "Publish=*")]
    [InlineData("Agents:Access:Rules:0 must have exactly one", "Agents:Access:Rules:0=anything")]
    [InlineData("Agents:Access:Rules:0 must have exactly one", Rule + "From=*", Rule + "Publish=*", Rule + "To=shop/*")]
    [InlineData("Agents:Access:Rules:1:Publish is 'a b'", Rule + "From=*", Rule + "Publish=a", "Agents:Access:Rules:1:From=*", "Agents:Access:Rules:1:Publish=a b")]
    public void Settings_WithSomethingWrong_NameItAtStart(string expected, params string[] settings)
    {
        var fault = Assert.Throws<SettingsException>(() => SiloSettings.Read(Configure(settings))).Message;
        Assert.Contains(expected, fault, StringComparison.Ordinal);
        // And when they change later, whoever makes a policy of them learns the same.
        Assert.Equal(fault, Assert.Throws<OptionsValidationException>(() => new AccessPolicy(Read(settings))).Message);
    }

    [Fact]
    public void Settings_WithoutRules_StartWithNone() => Assert.Empty(Read("Agents:Demo=false").Rules);

    private static AccessOptions Read(params string[] settings)
    {
        var options = new AccessOptions();
        AccessSettings.Read(Configure(settings).GetSection("Agents:Access"), options);
        return options;
    }

    private static IConfigurationRoot Configure(string[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(s => s.Split('=', 2)).Select(s => KeyValuePair.Create<string, string?>(s[0], s[1])))
        .Build();
}
