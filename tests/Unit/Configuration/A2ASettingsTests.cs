using Microsoft.Extensions.Configuration;
using OrleansAgents.Configuration;
using Xunit;

namespace OrleansAgents.Tests.Configuration;

public sealed class A2ASettingsTests
{
    [Fact]
    public void Settings_OfEveryKind_AreRead()
    {
        var options = Read(
            "Enabled=false", "PublicUrl=https://agents.example/x", "Host=echo", "PushHosts:0=hooks.example", "PushHosts:1=::1", "PushPatience=00:05:00",
            "Extensions:0:Uri=https://e.example/v1", "Extensions:0:Description=d", "Extensions:0:Required=true");

        Assert.Equal((false, "https://agents.example/x", "echo", TimeSpan.FromMinutes(5)), (options.Enabled, options.PublicUrl!.AbsoluteUri, options.Host, options.PushPatience));
        Assert.Equal(["hooks.example", "::1"], options.PushHosts);
        Assert.Equal(("https://e.example/v1", "d", true), options.Extensions.Select(e => (e.Uri, e.Description, e.Required)).Single());
    }

    [Theory]
    [InlineData("Enable=true", "Agents:A2A:Enable is no setting")]
    [InlineData("Enabled=on", "Agents:A2A:Enabled is 'on'")]
    [InlineData("PublicUrl=agents.example", "Agents:A2A:PublicUrl is 'agents.example'")]
    [InlineData("PublicUrl=https://a.example/?x=1", "Agents:A2A:PublicUrl is")]
    [InlineData("Host=Echo", "Agents:A2A:Host is 'Echo'")]
    [InlineData("PushHosts:0=https://hooks.example", "Agents:A2A:PushHosts:0 is 'https://hooks.example'")]
    [InlineData("PushPatience=00:00:00", "Agents:A2A:PushPatience is 00:00:00")]
    [InlineData("PushPatience=8.00:00:00", "Agents:A2A:PushPatience is 8.00:00:00")]
    [InlineData("Extensions:0:Uri=geo", "Agents:A2A:Extensions:0:Uri is 'geo'")]
    [InlineData("Extensions:0:Name=x", "Agents:A2A:Extensions:0:Name is no setting")]
    public void Setting_ThatIsFaulty_IsRefusedByItsName(string setting, string expected) =>
        Assert.StartsWith(expected, Assert.Throws<SettingsException>(() => Read(setting)).Message, StringComparison.Ordinal);

    private static A2AOptions Read(params string[] settings) => A2ASettings.Read(new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(s => s.Split('=', 2)).Select(s => KeyValuePair.Create<string, string?>("Agents:A2A:" + s[0], s[1])))
        .Build().GetSection("Agents:A2A"));
}
