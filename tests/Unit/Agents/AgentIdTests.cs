using OrleansAgents.Agents;
using Xunit;

namespace OrleansAgents.Tests.Agents;

public sealed class AgentIdTests
{
    [Theory]
    [InlineData("echo/a", "echo", "a")]
    [InlineData("topic/orders/eu", "topic", "orders/eu")]
    [InlineData("a//b", "a", "/b")]
    [InlineData("p-2/x y", "p-2", "x y")]
    [InlineData("p/ä漢😀", "p", "ä漢😀")]
    public void Parse_OfAnAddress_SplitsAtTheFirstSlash(string text, string kind, string key)
    {
        var id = AgentId.Parse(text);

        Assert.Equal((kind, key, text), (id.Kind, id.Key, id.ToString()));
        Assert.Equal(new AgentId(kind, key), id);
        Assert.False(id.IsDefault);
    }

    [Theory]
    [InlineData("")]
    [InlineData("echo")]
    [InlineData("/a")]
    [InlineData("echo/")]
    [InlineData("Echo/a")]
    [InlineData("1echo/a")]
    [InlineData("-echo/a")]
    [InlineData("e_cho/a")]
    [InlineData("échо/a")]
    [InlineData("echo/ a")]
    [InlineData("echo/a ")]
    [InlineData("echo/a\n")]
    [InlineData("echo/\0")]
    [InlineData("echo/\u007f")]
    [InlineData("echo/\u200b")]
    [InlineData("echo/a\u00a0b")]
    [InlineData("echo/\ue000")]
    [InlineData("echo/a\u2028")]
    public void TryParse_OfNoAddress_SaysWhatIsWrong(string text)
    {
        Assert.False(AgentId.TryParse(text, defaultKind: null, out var id, out var fault));
        Assert.True(id.IsDefault);
        Assert.NotEmpty(fault);
        Assert.Equal(fault, Assert.Throws<FormatException>(() => AgentId.Parse(text)).Message);
    }

    [Theory]
    [InlineData('\ud83d')]
    [InlineData('\ude00')]
    public void TryParse_OfHalfASurrogatePair_Refuses(char half)
    {
        Assert.False(AgentId.TryParse($"echo/{half}", defaultKind: null, out _, out _));
        Assert.False(AgentId.TryParse($"echo/{half}a", defaultKind: null, out _, out _));
    }

    [Fact]
    public void TryParse_OfABareKey_TakesTheDefaultKind()
    {
        Assert.True(AgentId.TryParse("A", "default", out var id, out _));
        Assert.Equal(new AgentId("default", "A"), id);
        Assert.False(AgentId.TryParse("", "default", out _, out _));
        Assert.False(AgentId.TryParse(null, "default", out _, out _));
    }

    [Fact]
    public void TryParse_AtTheLimits_TakesTheLongestAndNoMore()
    {
        var kind = new string('k', AgentId.MaxKindLength);
        var key = new string('x', AgentId.MaxKeyLength);

        Assert.True(AgentId.TryParse($"{kind}/{key}", null, out _, out _));
        Assert.False(AgentId.TryParse($"{kind}k/{key}", null, out _, out _));
        Assert.False(AgentId.TryParse($"{kind}/{key}x", null, out _, out _));
    }

    [Fact]
    public void Default_OfTheType_AddressesNothing()
    {
        Assert.True(default(AgentId).IsDefault);
        Assert.Equal(("", "", ""), (default(AgentId).Kind, default(AgentId).Key, default(AgentId).ToString()));
    }

    [Fact]
    public void New_WithFaultyParts_Throws()
    {
        Assert.Throws<FormatException>(() => new AgentId(null!, "a"));
        Assert.Throws<FormatException>(() => new AgentId("echo", null!));
        Assert.Throws<FormatException>(() => (AgentId)"nothing");
        Assert.Throws<FormatException>(() => (AgentId)(string)null!);
    }
}
