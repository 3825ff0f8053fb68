using System.Text.Json;
using OrleansAgents.Messaging;
using Xunit;

namespace OrleansAgents.Tests.Messaging;

public sealed class JsonEqualityTests
{
    [Theory]
    [InlineData("1", "1.0")]
    [InlineData("1", "0.001e3")]
    [InlineData("100", "1E+2")]
    [InlineData("0", "-0.00e5")]
    [InlineData("0", "0e99999999999999999999999999")]
    [InlineData("-1.5", "-15e-1")]
    [InlineData("1e99999999999", "10e99999999998")]
    [InlineData("1e-99999999999", "0.1e-99999999998")]
    [InlineData("12345678901234567890123456789", "1234567890123456789012345678.9e1")]
    [InlineData("1e00000000000000000000000000002", "100")]
    [InlineData("1e12345678901234567890", "1e12345678901234567890")]
    [InlineData("""{"a":1,"b":[null,true]}""", """{"b":[null,true],"a":1.0}""")]
    [InlineData("\"\\u0041\"", "\"A\"")]
    [InlineData("{}", "{}")]
    public void AreEqual_OfOneValue_IsTrue(string left, string right) => Assert.True(AreEqual(left, right) && AreEqual(right, left));

    [Theory]
    [InlineData("1", "-1")]
    [InlineData("1", "10")]
    [InlineData("1e99999999999", "1e99999999998")]
    [InlineData("12345678901234567890123456789", "12345678901234567890123456788")]
    [InlineData("1e12345678901234567890", "1e12345678901234567891")]
    [InlineData("1", "\"1\"")]
    [InlineData("null", "false")]
    [InlineData("[1,2]", "[2,1]")]
    [InlineData("[1]", "[1,1]")]
    [InlineData("""{"a":1}""", """{"a":1,"b":1}""")]
    [InlineData("""{"a":1}""", """{"b":1}""")]
    [InlineData("""{"a":{"b":1}}""", """{"a":{"b":2}}""")]
    [InlineData("[\"\\ud800\"]", "[\"\\ud800x\"]")]
    [InlineData("""{"\ud800":1}""", """{"a":1}""")]
    public void AreEqual_OfTwoValues_IsFalse(string left, string right) => Assert.False(AreEqual(left, right) || AreEqual(right, left));

    private static bool AreEqual(string left, string right) => JsonEquality.AreEqual(JsonElement.Parse(left), JsonElement.Parse(right));
}
