using OrleansAgents.Agents;
using OrleansAgents.Security;
using Xunit;
using static OrleansAgents.Tests.Security.Ciphers;

namespace OrleansAgents.Tests.Security;

public sealed class EncryptionOptionsTests
{
    [Theory]
    [InlineData("pricer/eu", "pricer/eu", true)]
    [InlineData("pricer/eu", "pricer/eu2", false)]
    [InlineData("pricer/*", "pricer/eu", true)]
    [InlineData("pricer/*", "pricers/eu", false)]
    [InlineData("topic/orders/*", "topic/orders/eu/1", true)]
    [InlineData("topic/orders/*", "topic/orders", false)]
    [InlineData("pricer/e*", "pricer/eu", true)]
    [InlineData("pricer/e*", "pricer/us", false)]
    [InlineData("*", "order/a", true)]
    public void Recipients_NameAddressesOrTheirBeginnings(string pattern, string agent, bool matches) =>
        Assert.Equal(matches, AddressPattern.TryParse(pattern, out var addresses, out _) && addresses.Matches(AgentId.Parse(agent)));

    [Theory]
    [InlineData("")]
    [InlineData("pricer")]
    [InlineData("pri*")]
    [InlineData("Pricer/*")]
    [InlineData("pricer/*/a")]
    [InlineData("*/eu")]
    [InlineData("**")]
    public void Recipients_ThatAreNone_AreRefused(string pattern)
    {
        Assert.False(AddressPattern.TryParse(pattern, out _, out _));
        Assert.Contains($"'{pattern}'", EncryptionOptionsValidation.FindFault(Options(Group("g", pattern, Key("k", 1)))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==")]
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISI=")]
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")]
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n")]
    [InlineData("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")]
    public void Secret_ThatIsNotBase64Of32Bytes_IsRefusedWithoutBeingShown(string secret)
    {
        var fault = EncryptionOptionsValidation.FindFault(Options(Group("g", "a/*", new SecretKey { Id = "k1", Secret = secret })));
        Assert.Contains("'k1'", fault, StringComparison.Ordinal);
        Assert.Contains("openssl rand -base64 32", fault, StringComparison.Ordinal);
        Assert.DoesNotContain(secret[..8], fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Groups_ThatCannotBe_AreRefused()
    {
        Assert.Null(EncryptionOptionsValidation.FindFault(new EncryptionOptions()));
        Assert.Contains("Name", EncryptionOptionsValidation.FindFault(Options(Group("", "a/*", Key("k", 1)))), StringComparison.Ordinal);
        Assert.Contains("Name", EncryptionOptionsValidation.FindFault(Options(Group("g", "a/*", Key("k", 1)), Group("g", "b/*", Key("l", 1)))), StringComparison.Ordinal);
        Assert.Contains("Recipients", EncryptionOptionsValidation.FindFault(Options(new KeyGroup { Name = "g", Keys = { Key("k", 1) } })), StringComparison.Ordinal);
        Assert.Contains("'k'", EncryptionOptionsValidation.FindFault(Options(Group("g", "a/*", Key("k", 1)), Group("h", "b/*", Key("k", 1)))), StringComparison.Ordinal);
        Assert.Contains("Use", EncryptionOptionsValidation.FindFault(Options(Group("g", "a/*", Key("k", 1, use: false)))), StringComparison.Ordinal);
        Assert.Contains("'h'", EncryptionOptionsValidation.FindFault(Options(Group("h", "a/*"))), StringComparison.Ordinal);
    }

    [Fact]
    public void Recipients_OfTwoGroups_BelongToTheFirst()
    {
        var keys = PayloadKeys.Create(Options(Group("one", "pricer/eu", Key("k", 1)), Group("all", "*", Key("l", 2))));
        Assert.Equal("one", keys.Find(AgentId.Parse("pricer/eu"))!.Name);
        Assert.Equal("all", keys.Find(AgentId.Parse("pricer/us"))!.Name);
    }

    [Fact]
    public void Secret_InAFile_IsReadWithoutItsLineBreak()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, Vector + "\n");
            var keys = PayloadKeys.Create(Options(Group("g", "a/*", new SecretKey { Id = "k", File = path })));
            Assert.True(keys.FindKey("k")!.IsSame("k", Convert.FromBase64String(Vector)));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
