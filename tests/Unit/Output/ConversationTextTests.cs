using System.Text.Json;
using OrleansAgents.Conversations;
using OrleansAgents.Messaging;
using OrleansAgents.Output;
using OrleansAgents.Tests.Conversations;
using Xunit;

namespace OrleansAgents.Tests.Output;

public sealed class ConversationTextTests
{
    [Fact]
    public void Write_ATree_ShowsWhoSaidWhatUnderWhat()
    {
        var lines = Write(
            160,
            Notes.Of(1, recipient: "shop/1", payload: """{"sku":"A1"}""", reply: """{"price":12}"""),
            Notes.Of(2, 1, "shop/1", "stock/1", 1, reply: "true"), Notes.Of(3, 2, "stock/1", "post/1", 5),
            Notes.Of(4, 1, "shop/1", "till/1", 1500, refusal: new Refusal("till.closed", "The till is closed.")));
        Assert.Equal(
            [
                "   +0.000s  a/1 -> shop/1  test.said  {\"sku\":\"A1\"}  => {\"price\":12}",
                "   +0.001s  ├─ shop/1 -> stock/1  test.said  {}  => true",
                "   +0.005s  │  └─ stock/1 -> post/1  test.said  {}",
                "   +1.500s  └─ shop/1 -> till/1  test.said  {}  refused: till.closed: The till is closed.",
            ],
            lines);
    }

    [Fact]
    public void Write_LongPayloads_AreCutToTheWidth()
    {
        var lines = Write(100, Notes.Of(1, payload: $$"""{"text":"{{new string('x', 500)}}"}""", reply: $"\"{new string('y', 500)}\""));
        Assert.InRange(Assert.Single(lines).Length, 90, 100);
        Assert.Contains("x…  => \"y", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("y…", lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Write_HostileTexts_AreShownAndNotObeyed()
    {
        var note = Notes.Of(1, payload: "{\"text\":\"a\u202Eb\"}", refusal: new Refusal("x", "two\nlines \u001b[31m"));
        var line = Assert.Single(Write(200, note with { Said = note.Said with { Sender = "client/\u001b[2J" } }));
        Assert.DoesNotContain('\u001b', line);
        Assert.DoesNotContain('\u202E', line);
        Assert.DoesNotContain('\n', line);
        Assert.Contains("\\u001b[2J", line, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Write_AVeryDeepChain_ShowsEachMessageOnAShortLine()
    {
        var lines = Write(120, [.. Enumerable.Range(1, 2_000).Select(i => Notes.Of(i, i - 1, atMs: i))]);
        Assert.Equal(2_000, lines.Length);
        Assert.All(lines, line => Assert.InRange(line.Length, 20, 200));
        Assert.Contains("1999: a/1", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void WriteJson_OfAMessage_HoldsItsEnvelopeAsItCanBeSent()
    {
        var tree = ConversationTree.Of([Notes.Of(1, payload: """{"sku":"A1"}""", reply: "nonsense")]);
        var text = new StringWriter();
        ConversationText.WriteJson(new CommandOutput(text, TextWriter.Null, json: true), tree.Roots[0], new ConversationReplay(tree, newIds: false, into: null));
        var line = JsonElement.Parse(text.ToString());
        Assert.Equal(("accepted", 0, "nonsense"), (line.GetProperty("outcome").GetString(), line.GetProperty("depth").GetInt32(), line.GetProperty("reply").GetString()));
        var envelope = EnvelopeJson.Read(System.Text.Encoding.UTF8.GetBytes(line.GetProperty("envelope").GetRawText()), new MessageLimits()).Envelope!;
        Assert.Equal((Notes.Id(1), """{"sku":"A1"}"""), (envelope.Id.Value, System.Text.Encoding.UTF8.GetString(envelope.PayloadJson.Span)));
    }

    private static string[] Write(int width, params ConversationNote[] notes)
    {
        var text = new StringWriter();
        new ConversationText(new CommandOutput(text, TextWriter.Null, json: false), cipher: null, width).Write(ConversationTree.Of(notes));
        return text.ToString().TrimEnd(Environment.NewLine.ToCharArray()).Split(Environment.NewLine);
    }
}
