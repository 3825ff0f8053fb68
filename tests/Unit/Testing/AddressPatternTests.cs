using OrleansAgents.Testing.Faults;
using Xunit;

namespace OrleansAgents.Tests.Testing;

public sealed class AddressPatternTests
{
    [Theory]
    [InlineData("*", "a/b")]
    [InlineData("a/b", "a/b")]
    [InlineData("a/*", "a/b/c")]
    [InlineData("*/b", "a/b")]
    [InlineData("a*/b*d", "a/bcd")]
    [InlineData("a*/b*d", "abc/bd")]
    [InlineData("*a*a*", "xaya")]
    public void Matches_Fitting_True(string pattern, string address) => Assert.True(new AddressPattern(pattern).Matches(address));

    [Theory]
    [InlineData("a", "a/b")]
    [InlineData("a/*", "ab/c")]
    [InlineData("*/b", "a/bc")]
    [InlineData("ab*ba", "aba")]
    [InlineData("*a*a*", "xay")]
    [InlineData("a/?", "a/b")]
    public void Matches_NotFitting_False(string pattern, string address) => Assert.False(new AddressPattern(pattern).Matches(address));

    [Fact]
    public void Pattern_Empty_IsRefused() => Assert.Throws<ArgumentException>(() => new AddressPattern(""));
}
