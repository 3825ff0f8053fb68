using Microsoft.Extensions.Configuration;
using OrleansAgents.Configuration;
using OrleansAgents.Security;
using Xunit;

namespace OrleansAgents.Tests.Configuration;

public sealed class EncryptionSettingsTests
{
    private const string Group = "Agents:Encryption:Groups:0:";
    private const string Secret = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    private static readonly string[] Whole =
        [Group + "Name=prices", Group + "Recipients:0=pricer/*", Group + "Keys:0:Id=k1", Group + "Keys:0:Secret=" + Secret, Group + "Required=false"];

    [Fact]
    public void Read_NothingSet_IsNoEncryption() => Assert.Null(Read().Encryption);

    [Fact]
    public void Read_AGroup_IsAsSet()
    {
        var options = new EncryptionOptions();
        Read(Whole).Encryption!.Bind(options);
        var group = Assert.Single(options.Groups);
        Assert.Equal(("prices", "pricer/*", false), (group.Name, Assert.Single(group.Recipients), group.Required));
        var key = Assert.Single(group.Keys);
        Assert.Equal(("k1", Secret, true), (key.Id, key.Secret, key.Use));
    }

    [Theory]
    [InlineData("Agents:Encryption:Group is no setting", "Agents:Encryption:Group:0=a")]
    [InlineData("Groups:0:Recipient is no setting", Group + "Recipient=a/*")]
    [InlineData("Keys:0:Secrets is no setting", Group + "Keys:0:Secrets=a")]
    [InlineData("Groups:0:Required is 'perhaps'", Group + "Required=perhaps")]
    [InlineData("Keys:0:Use is 'perhaps'", Group + "Keys:0:Use=perhaps")]
    [InlineData("Agents:Encryption: A recipient of the group 'prices': 'nobody'", Group + "Recipients:0=nobody")]
    [InlineData("openssl rand -base64 32", Group + "Keys:0:Secret=hush")]
    [InlineData("both Secret and File", Group + "Keys:0:File=/tmp/key")]
    public void Read_SomethingWrong_NamesTheSettingAndKeepsTheSecret(string expected, string setting)
    {
        var fault = Assert.Throws<SettingsException>(() => Read([.. Whole, setting])).Message;
        Assert.Contains(expected, fault, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", fault, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, fault, StringComparison.Ordinal);
    }

    private static SiloOptions Read(params string[] settings) => SiloSettings.Read(new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(s => s.Split('=', 2)).GroupBy(s => s[0], StringComparer.Ordinal).Select(s => KeyValuePair.Create<string, string?>(s.Key, s.Last()[1])))
        .Build());
}
