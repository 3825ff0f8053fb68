using OrleansAgents.Messaging;
using Xunit;

namespace OrleansAgents.Tests.Messaging;

public sealed class PlainTextTests
{
    [Theory]
    [InlineData("plain äöü 日本 \U0001F600\ufe0f", "plain äöü 日本 \U0001F600\ufe0f")]
    [InlineData("\u001b[31mred\u0007", "\\u001b[31mred\\u0007")]
    [InlineData("a\nb\r\tc", "a b  c")]
    [InlineData("\u009b2J\u007f", "\\u009b2J\\u007f")]
    [InlineData("a\u202eb\u2066\u200b\u2028", "a\\u202eb\\u2066\\u200b\\u2028")]
    [InlineData("\U000E0041", "\\udb40\\udc41")]
    [InlineData(null, "")]
    public void Show_OfATextOfAStranger_LeavesNothingToObey(string? text, string shown) => Assert.Equal(shown, PlainText.Show(text));

    [Fact]
    public void Show_OfALongText_CutsItBetweenCharacters()
    {
        Assert.Equal("abc…", PlainText.Show("abcd", 3));
        Assert.Equal("ab…", PlainText.Show("ab\U0001F600", 3));
        Assert.Equal("abc", PlainText.Show("abc", 3));
        Assert.Equal("a\\ud800", PlainText.Show($"a{'\ud800'}"));
    }

    [Fact]
    public void ShowJson_OfAValue_IsTheSameValueOnOneLine() =>
        Assert.Equal("""{"a":  "\u202e\u007fä\n" }""", PlainText.ShowJson("{\"a\":\r\n\"\u202e\u007fä\\n\"\t}"));
}
