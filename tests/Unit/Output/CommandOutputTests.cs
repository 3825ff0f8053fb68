using System.Text.Json;
using OrleansAgents.Messaging;
using Xunit;

namespace OrleansAgents.Tests.Output;

public sealed class CommandOutputTests
{
    private readonly StringWriter _written = new();

    [Fact]
    public void Line_OfAMessageWithLineBreaks_StaysOnOneLineAndTheSameValue()
    {
        var message = EnvelopeJson.Read(
            Input.Corpus.Read("messages/valid-payload-that-looks-like-a-message-on-a-line-of-its-own.json"), new()).Envelope!;
        var json = EnvelopeJson.ToBytes(message);
        Output(json: true).Line(json);
        Output(json: true).Object(o =>
        {
            o.WritePropertyName("reply");
            o.WriteRawValue("{\n\"a\":\"\u202e\u009b\"}");
        });

        var lines = _written.ToString().Split(Environment.NewLine);
        Assert.Equal(3, lines.Length);
        Assert.Equal(json.Length, lines[0].Length);
        using var was = JsonDocument.Parse(json);
        using var now = JsonDocument.Parse(lines[0]);
        Assert.True(JsonElement.DeepEquals(was.RootElement, now.RootElement));
        Assert.Equal("""{"reply":{ "a":"\u202e\u009b"}}""", lines[1]);
    }

    [Fact]
    public void Error_OfATextOfAStranger_NeitherForgesALineNorMovesTheCursor()
    {
        Output(json: false).Error("refused\naccepted 1\u001b[2K\u202e");
        Assert.Equal("refused accepted 1\\u001b[2K\\u202e" + Environment.NewLine, _written.ToString());
    }

    private OrleansAgents.Output.CommandOutput Output(bool json) => new(_written, _written, json);
}
