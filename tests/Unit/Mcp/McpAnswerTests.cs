using System.Text.Json;
using ModelContextProtocol.Protocol;
using OrleansAgents.Mcp;
using Xunit;

namespace OrleansAgents.Tests.Mcp;

public sealed class McpAnswerTests
{
    [Fact]
    public void Text_OfEveryContent_SaysWhatItIs() => Assert.Equal(
        """
        Hello
        [image (image/png), 3 bytes, not shown]
        [sound (audio/wav), 2 bytes, not shown]
        [link file:///a.md "notes" (text/markdown)] What was noted.
        [link file:///b]
        [file:///c]
        inside
        [file file:///d (application/zip), 1 bytes, not shown]
        """.ReplaceLineEndings("\n"),
        McpAnswer.Write(new CallToolResult
        {
            Content =
            [
                new TextContentBlock { Text = "Hello" }, ImageContentBlock.FromBytes(new byte[3], "image/png"), AudioContentBlock.FromBytes(new byte[2], "audio/wav"),
                new ResourceLinkBlock { Uri = "file:///a.md", Name = "notes", MimeType = "text/markdown", Description = "What was noted." },
                new ResourceLinkBlock { Uri = "file:///b", Name = "file:///b" },
                new EmbeddedResourceBlock { Resource = new TextResourceContents { Uri = "file:///c", Text = "inside" } },
                new EmbeddedResourceBlock { Resource = BlobResourceContents.FromBytes(new byte[1], "file:///d", "application/zip") },
            ],
        }));

    [Theory]
    [InlineData("""{"a":1}""", """{"a":1}""")]
    [InlineData("""{ "a" : 1.0 }""", """{ "a" : 1.0 }""")]
    [InlineData("One a.", "One a.\n{\"a\":1}")]
    [InlineData("", "\n{\"a\":1}")]
    public void StructuredResult_ThatNoTextRepeats_IsToldToo(string text, string expected) =>
        Assert.Equal(expected, McpAnswer.Write(new CallToolResult { Content = [new TextContentBlock { Text = text }], StructuredContent = JsonElement.Parse("""{"a":1}""") }));

    [Fact]
    public void Text_ThatIsTooLong_IsNotCutWithinACharacter()
    {
        var cut = McpAnswer.Write(ToolServer.Say(new string('x', McpAnswer.MaxLength - 1) + "😀"));
        Assert.Equal($"{new string('x', McpAnswer.MaxLength - 1)}\n[cut: {McpAnswer.MaxLength - 1} of {McpAnswer.MaxLength + 1} characters]", cut);
        Assert.Equal("", McpAnswer.Write(new CallToolResult()));
    }
}
