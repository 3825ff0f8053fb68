using Microsoft.Extensions.Configuration;
using OrleansAgents.Agents;
using OrleansAgents.Configuration;
using Xunit;

namespace OrleansAgents.Tests.Configuration;

public sealed class HttpSettingsTests
{
    private const string Hash = "Keys:0:Sha256=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    [Fact]
    public void Read_NothingSet_TakesNobodysMessages()
    {
        var http = Read();
        Assert.Empty(http.Keys);
        Assert.Null(http.Jwt);
        Assert.False(http.Anonymous);
        Assert.Equal(new HttpRate(100, 200), http.Rate);
    }

    [Fact]
    public void Read_AllOfIt_IsAsSet()
    {
        var http = Read(
            "Keys:0:Id=shop", "Keys:0:Identity=client/shop", Hash, "Keys:0:Rate:PerSecond=7", "Rate:PerSecond=500", "Anonymous=true", "DefaultKind=echo",
            "Jwt:Authority=https://login.example", "Jwt:Audience=agents", "Jwt:IdentityClaim=azp", "Jwt:IdentityPrefix=app/");
        var key = Assert.Single(http.Keys);
        Assert.Equal(("shop", (AgentId)"client/shop", new HttpRate(7, 200)), (key.Id, key.Identity, key.Rate));
        Assert.Equal(new HttpRate(500, 500), http.Rate);
        Assert.Equal(("agents", "azp", "app/"), (http.Jwt!.Audience, http.Jwt.IdentityClaim, http.Jwt.IdentityPrefix));
        Assert.True(http.Anonymous);
        Assert.Equal("echo", http.DefaultKind);
    }

    [Theory]
    [InlineData("Keys:0:Id is missing", "Keys:0:Identity=client/a", Hash)]
    [InlineData("Keys:0:Identity is no address", "Keys:0:Id=a", "Keys:0:Identity=a", Hash)]
    [InlineData("Keys:0:Sha256 is missing", "Keys:0:Id=a", "Keys:0:Identity=client/a")]
    [InlineData("Keys:0:Sha256 is missing or no SHA-256", "Keys:0:Id=a", "Keys:0:Identity=client/a", "Keys:0:Sha256=abcd")]
    [InlineData("Keys:0:File is '/nowhere'", "Keys:0:Id=a", "Keys:0:Identity=client/a", "Keys:0:File=/nowhere")]
    [InlineData("Keys:0:Secret is no setting", "Keys:0:Id=a", "Keys:0:Secret=hush")]
    [InlineData("two keys with the Id 'a'", "Keys:0:Id=a", "Keys:0:Identity=client/a", Hash, "Keys:1:Id=a", "Keys:1:Identity=client/b", "Keys:1:Sha256=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    [InlineData("Rate:PerSecond and Burst must be above zero", "Rate:PerSecond=0")]
    [InlineData("Agents:Http:Anonymous is 'yes'", "Anonymous=yes")]
    [InlineData("DefaultKind is 'Echo'", "DefaultKind=Echo")]
    [InlineData("Jwt:Audience is missing", "Jwt:Authority=https://login.example")]
    [InlineData("neither Authority nor KeyFile", "Jwt:Audience=agents")]
    [InlineData("Jwt:Issuer is missing", "Jwt:Audience=agents", "Jwt:KeyFile=/nowhere")]
    [InlineData("give an https address", "Jwt:Audience=agents", "Jwt:Authority=http://login.example")]
    [InlineData("Jwt:IdentityPrefix is 'client'", "Jwt:Audience=agents", "Jwt:Authority=https://login.example", "Jwt:IdentityPrefix=client")]
    public void Read_SomethingWrong_NamesTheSettingAndNoSecret(string expected, params string[] settings)
    {
        var fault = Assert.Throws<SettingsException>(() => Read(settings)).Message;
        Assert.Contains(expected, fault, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ThePaceOfRequests_IsAsSetOrAsUsual()
    {
        var usual = Read();
        Assert.Equal((TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(15), 1000, true), (usual.Timeout, usual.MaxTimeout, usual.Heartbeat, usual.Streams, usual.Docs));
        var set = Read("Timeout=00:00:05", "MaxTimeout=00:00:06", "Heartbeat=00:00:07", "Streams=8", "Docs=false");
        Assert.Equal((TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(7), 8, false), (set.Timeout, set.MaxTimeout, set.Heartbeat, set.Streams, set.Docs));
    }

    [Theory]
    [InlineData("Timeout=0:0:0", "give a Timeout above zero")]
    [InlineData("Timeout=00:06:00", "no longer than MaxTimeout")]
    [InlineData("MaxTimeout=2.00:00:00", "a day at most")]
    [InlineData("Timeout=30", "a time such as 00:00:30")]
    [InlineData("Heartbeat=00:00:00", "Agents:Http:Heartbeat is 00:00:00; give a time above zero")]
    [InlineData("Streams=0", "Agents:Http:Streams is 0; give a whole number above zero")]
    [InlineData("Docs=yes", "Agents:Http:Docs is 'yes'; give true or false")]
    public void Read_APaceThatIsNone_NamesTheSettingAndTheRemedy(string setting, string expected) =>
        Assert.Contains(expected, Assert.Throws<SettingsException>(() => Read(setting)).Message, StringComparison.Ordinal);

    private static HttpOptions Read(params string[] settings) => SiloSettings.Read(new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(s => s.Split('=', 2)).Select(s => KeyValuePair.Create<string, string?>($"Agents:Http:{s[0]}", s[1])))
        .Build()).Http;
}
