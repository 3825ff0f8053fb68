using System.Buffers;
using System.Text;
using OrleansAgents.Messaging;
using OrleansAgents.Security;
using Xunit;

namespace OrleansAgents.Tests.Security;

public sealed class CanonicalJsonTests
{
    /// <summary>The table of RFC 8785, appendix B: the bits of a double and how it is printed.</summary>
    public static TheoryData<string, string> PrintedDoubles => new()
    {
        { "0000000000000000", "0" }, { "8000000000000000", "0" }, { "0000000000000001", "5e-324" }, { "8000000000000001", "-5e-324" },
        { "7fefffffffffffff", "1.7976931348623157e+308" }, { "ffefffffffffffff", "-1.7976931348623157e+308" },
        { "4340000000000000", "9007199254740992" }, { "c340000000000000", "-9007199254740992" }, { "4430000000000000", "295147905179352830000" },
        { "44b52d02c7e14af5", "9.999999999999997e+22" }, { "44b52d02c7e14af6", "1e+23" }, { "44b52d02c7e14af7", "1.0000000000000001e+23" },
        { "444b1ae4d6e2ef4e", "999999999999999700000" }, { "444b1ae4d6e2ef4f", "999999999999999900000" }, { "444b1ae4d6e2ef50", "1e+21" },
        { "3eb0c6f7a0b5ed8c", "9.999999999999997e-7" }, { "3eb0c6f7a0b5ed8d", "0.000001" },
        { "41b3de4355555553", "333333333.3333332" }, { "41b3de4355555554", "333333333.33333325" }, { "41b3de4355555555", "333333333.3333333" },
        { "41b3de4355555556", "333333333.3333334" }, { "41b3de4355555557", "333333333.33333343" },
        { "becbf647612f3696", "-0.0000033333333333333333" }, { "43143ff3c1cb0959", "1424953923781206.2" },
    };

    [Theory, MemberData(nameof(PrintedDoubles))]
    public void Write_OfDoubles_PrintsThemAsEcmaScript(string bits, string printed)
    {
        var value = BitConverter.UInt64BitsToDouble(Convert.ToUInt64(bits, 16));
        Assert.Equal(printed, Canonical(value.ToString("R")));
        Assert.Equal(printed, Canonical(printed));
        Assert.True(IsCanonical(printed));
    }

    [Theory]
    [InlineData("""{"peach":"This sorting order","péché":"is wrong according to French","pêche":"but canonicalization MUST","sin":"ignore locale"}""", null)]
    [InlineData(
        """{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}""",
        """{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}""")]
    [InlineData(
        """{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}""",
        "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\",\"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\",\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\"}")]
    [InlineData(" [ 56 , { \"d\" : true , \"10\" : null , \"1\" : [ ] } ] ", """[56,{"1":[],"10":null,"d":true}]""")]
    public void Write_OfTheStandardsExamples_GivesItsForm(string text, string? canonical)
    {
        // The standard's example has 333333333.33333329, of which a double holds less.
        text = text.Replace("333333333.33333329", "333333333.3333333", StringComparison.Ordinal);
        Assert.Equal(canonical ?? text, Canonical(text));
        Assert.Equal(canonical is null, IsCanonical(text));
    }

    [Theory]
    [InlineData("1.10", "1.1")]
    [InlineData("1E-07", "1e-7")]
    [InlineData("1.0", "1")]
    [InlineData("-0", "0")]
    [InlineData("0e99999999999999999999", "0")]
    [InlineData("0.00000100e6", "1")]
    [InlineData("1000000000000000000000", "1e+21")]
    [InlineData("1e20", "100000000000000000000")]
    [InlineData("123456789012345680000", "123456789012345680000")]
    [InlineData("0.10000000000000000000000000000", "0.1")]
    public void Write_OfAnotherWayToWriteANumber_KeepsItsValue(string text, string canonical)
    {
        Assert.Equal(canonical, Canonical(text));
        Assert.Equal(text == canonical, IsCanonical(text));
    }

    [Theory]
    [InlineData("9007199254740993")]
    [InlineData("0.1000000000000000055")]
    [InlineData("333333333.33333329")]
    [InlineData("18446744073709551615")]
    [InlineData("1e400")]
    [InlineData("-1e-400")]
    [InlineData("1e99999999999999999999")]
    public void Write_OfANumberThatADoubleDoesNotHold_IsRefused(string number)
    {
        var text = $$"""{"a/b":[1,{"~":{{number}}}]}""";
        var fault = Assert.Throws<CanonicalJsonException>(() => Canonical(text));
        Assert.Equal((RefusalCodes.BadNumber, "/a~1b/1/~0"), (fault.Code, fault.Pointer));
        Assert.DoesNotContain(number, fault.Message, StringComparison.Ordinal);
        Assert.False(IsCanonical(number));
    }

    [Theory]
    [InlineData("""{"a":1,"b":{"\u0061":1,"a":2}}""", RefusalCodes.DuplicateField, "/b/a")]
    [InlineData("""{"a":["\ud800"]}""", RefusalCodes.MalformedJson, "/a/0")]
    [InlineData("""{"a":"\udc00\ud800"}""", RefusalCodes.MalformedJson, "/a")]
    [InlineData("""{"\ud800":1}""", RefusalCodes.MalformedJson, "")]
    [InlineData("""{"a":1} 2""", RefusalCodes.MalformedJson, "")]
    [InlineData("""{"a":01}""", RefusalCodes.MalformedJson, "/a")]
    [InlineData("", RefusalCodes.MalformedJson, "")]
    public void Write_OfWhatHasNoForm_SaysWhyAndWhere(string text, string code, string pointer)
    {
        var fault = Assert.Throws<CanonicalJsonException>(() => Canonical(text));
        Assert.Equal((code, pointer), (fault.Code, fault.Pointer));
        Assert.False(IsCanonical(text));
    }

    [Fact]
    public void Write_OfBytesThatAreNoUtf8_IsRefused()
    {
        byte[] bytes = [.. "[\""u8, 0xED, 0xA0, 0x80, .. "\"]"u8];
        var fault = Assert.Throws<CanonicalJsonException>(() => CanonicalJson.Write(bytes, new ArrayBufferWriter<byte>()));
        Assert.Equal(RefusalCodes.InvalidUtf8, fault.Code);
        Assert.False(CanonicalJson.IsCanonical(bytes));
    }

    [Fact]
    public void Write_OfDeepNesting_StopsAtTheLimit()
    {
        static string Nested(int depth) => new string('[', depth) + new string(']', depth);
        Assert.True(IsCanonical(Nested(64)));
        Assert.Equal(Nested(64), Canonical(' ' + Nested(64)));
        Assert.False(IsCanonical(Nested(65)));
        Assert.Equal(RefusalCodes.TooDeep, Assert.Throws<CanonicalJsonException>(() => Canonical(Nested(65))).Code);
        Assert.Equal(RefusalCodes.TooDeep, Assert.Throws<CanonicalJsonException>(() => Canonical(Nested(100_000))).Code);
    }

    [Theory]
    [InlineData("\"\u007f\u2028\u2029/\"", true)]
    [InlineData("\"\\u001f\\u0000\\u000b\\b\\t\\n\\f\\r\\\"\\\\\"", true)]
    [InlineData("\"\\u001F\"", false)]
    [InlineData("\"\\u0008\"", false)]
    [InlineData("\"\\u0020\"", false)]
    [InlineData("\"\\u007f\"", false)]
    [InlineData("\"\\/\"", false)]
    [InlineData("\"\\u00", false)]
    [InlineData("\"\u0001\"", false)]
    [InlineData("\"", false)]
    [InlineData("{\"a\":1,\"a\":2}", false)]
    [InlineData("{\"b\":1,\"a\":2}", false)]
    [InlineData("{\"\\n\":1,\"\\r\":2,\"\\u001f\":3,\" \":4,\"\\\"\":5,\"[\":6,\"\\\\\":7,\"]\":8}", true)]
    [InlineData("{\"a\":1,\"aa\":2,\"a\\n\":3}", false)]
    [InlineData("{\"😀\":1,\"\uffff\":2}", true)]
    [InlineData("{\"\uffff\":1,\"😀\":2}", false)]
    [InlineData("{\"a\":1,}", false)]
    [InlineData("[1,]", false)]
    [InlineData("[1}", false)]
    [InlineData("{\"a\"}", false)]
    [InlineData("[1] ", false)]
    [InlineData("tru", false)]
    [InlineData("-", false)]
    [InlineData("1.", false)]
    [InlineData("1.5e3", false)]
    [InlineData("0.0000001", false)]
    [InlineData("-0.000001", true)]
    [InlineData("9007199254740992", true)]
    [InlineData("{}", true)]
    public void IsCanonical_OfText_IsWhetherItIsInItsForm(string text, bool isCanonical) => Assert.Equal(isCanonical, IsCanonical(text));

    private static bool IsCanonical(string text) => CanonicalJson.IsCanonical(Encoding.UTF8.GetBytes(text));

    private static string Canonical(string text)
    {
        var output = new ArrayBufferWriter<byte>();
        CanonicalJson.Write(Encoding.UTF8.GetBytes(text), output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
