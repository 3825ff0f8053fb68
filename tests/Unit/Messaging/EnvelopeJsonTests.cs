using System.Text;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using Xunit;
using static OrleansAgents.Tests.Messaging.EnvelopeText;

namespace OrleansAgents.Tests.Messaging;

public sealed class EnvelopeJsonTests
{
    [Fact]
    public void Read_WithoutSender_TakesTheReadersOwn()
    {
        const string Text = """{"recipient":"echo/r","type":"a.b","payload":{}}""";
        var (envelope, _) = EnvelopeJson.Read(Encoding.UTF8.GetBytes(Text), new(), defaultSender: "client/me");
        Assert.Equal("client/me", envelope!.Sender.ToString());
        var (named, _) = EnvelopeJson.Read(Encoding.UTF8.GetBytes(With("sender", "\"echo/s\"")), new(), defaultSender: "client/me");
        Assert.Equal("echo/s", named!.Sender.ToString());
        Assert.Equal(["/sender missing-field"], Problems(Text));
    }

    [Fact]
    public void CreateJson_OfAnEmptyPayload_ThrowsAndSaysWhatToWrite()
    {
        var fault = Assert.Throws<ArgumentException>(() => Envelope.CreateJson("echo/s", "echo/r", "a.b", default));
        Assert.Contains("{}", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OfTheGuidesExample_IsValidWithADefaultKind()
    {
        var (envelope, problems) = Read(Guide, "default");

        Assert.Null(problems);
        Assert.Equal((new AgentId("default", "A"), new AgentId("default", "B")), (envelope!.Sender, envelope.Recipient));
        Assert.Equal(("command", 1, null), (envelope.Type, envelope.Version, envelope.Extras));
        Assert.Equal("""{"task":"train"}""", Encoding.UTF8.GetString(envelope.PayloadJson.Span));
        Assert.False(envelope.Id.IsDefault);
        Assert.Null(envelope.ExpiresAt);
    }

    [Fact]
    public void Read_OfTheGuidesExample_IsRefusedWithoutADefaultKind() =>
        Assert.Equal(["/sender bad-address", "/recipient bad-address"], Problems(Guide));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("{")]
    [InlineData("[")]
    [InlineData("{\"sender\":")]
    [InlineData("{\"payload\":{\"a\":1")]
    [InlineData("{\"sender\":\"echo/a\",}")]
    [InlineData("{'sender':1}")]
    [InlineData("\0")]
    [InlineData("{}\0")]
    [InlineData("{} {}")]
    [InlineData("{}x")]
    [InlineData("{\"a\":\"\0\"}")]
    [InlineData("{/**/}")]
    [InlineData("\ufeff{}")]
    [InlineData("{\"payload\":{\"a\":01}}")]
    [InlineData("{\"payload\":NaN}")]
    public void Read_OfNoJson_IsMalformed(string text) => Assert.Equal([" malformed-json"], Problems(text));

    [Fact]
    public void Read_OfNoUtf8_IsInvalid()
    {
        foreach (var bytes in (byte[][])[[0xff], [0x7b, 0xc3, 0x7d], [0xed, 0xa0, 0x80], [0xc0, 0xaf]])
        {
            var (envelope, problems) = EnvelopeJson.Read(bytes, new());
            Assert.Null(envelope);
            Assert.Equal(RefusalCodes.InvalidUtf8, Assert.Single(problems!).Code);
        }
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("[{\"a\":{}}]")]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("\"text\"")]
    public void Read_OfNoObject_IsOfTheWrongKind(string text) => Assert.Equal([" wrong-kind"], Problems(text));

    [Theory]
    [InlineData("sender")]
    [InlineData("recipient")]
    [InlineData("type")]
    [InlineData("id")]
    [InlineData("version")]
    [InlineData("payload")]
    [InlineData("correlationId")]
    [InlineData("causationId")]
    [InlineData("conversationId")]
    [InlineData("sentAt")]
    [InlineData("expiresAt")]
    [InlineData("hops")]
    [InlineData("traceparent")]
    [InlineData("tracestate")]
    [InlineData("headers")]
    public void Read_OfAFieldOfTheWrongKind_NamesTheField(string field)
    {
        var wrong = new List<string> { "null", "true", "[[{}]]", "\"\"", "{\"a\":{\"b\":[]}}", "1" };
        wrong.RemoveAt(field switch { "payload" or "headers" => 4, "hops" => 2, "version" => 5, _ => 3 });
        Assert.All(wrong, json => Assert.Equal([$"/{field} wrong-kind"], Problems(With(field, json))));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"unknown":[{"sender":1}]}""")]
    public void Read_WithoutTheRequiredFields_NamesAllFour(string text) => Assert.Equal(
        ["/sender missing-field", "/recipient missing-field", "/type missing-field", "/payload missing-field"], Problems(text));

    [Fact]
    public void Read_OfUnknownMembers_IgnoresThem()
    {
        Assert.Empty(Problems(With("future", """{"payload":[1,{"a":null}],"id":1}""")));
        Assert.Empty(Problems(With("Sender", "1")));
    }

    [Fact]
    public void Read_OfAnEscapedName_KnowsIt() => Assert.Equal(["/id bad-id"], Problems(With("\\u0069d", "\"x\"")));

    [Theory]
    [InlineData("sender", "\"echo/x\"")]
    [InlineData("payload", "{}")]
    [InlineData("id", "\"" + Id + "\"")]
    [InlineData("headers", "{}")]
    public void Read_OfAFieldThatStandsTwice_NamesIt(string field, string json)
    {
        var text = With(field, json)[..^1] + $",\"{field}\":{json}" + "}";

        Assert.Equal([$"/{field} duplicate-field"], Problems(text));
    }

    [Theory]
    [InlineData("id", "x", RefusalCodes.BadId)]
    [InlineData("id", "00000000-0000-0000-0000-000000000000", RefusalCodes.BadId)]
    [InlineData("correlationId", " " + Id, RefusalCodes.BadId)]
    [InlineData("causationId", "{" + Id + "}", RefusalCodes.BadId)]
    [InlineData("type", "", RefusalCodes.BadType)]
    [InlineData("type", "Quote.Request", RefusalCodes.BadType)]
    [InlineData("sender", "", RefusalCodes.BadAddress)]
    [InlineData("recipient", "Echo/a", RefusalCodes.BadAddress)]
    [InlineData("expiresAt", "tomorrow", RefusalCodes.BadTime)]
    [InlineData("expiresAt", "2026-01-31", RefusalCodes.BadTime)]
    [InlineData("expiresAt", "2026-01-31T12:00:00", RefusalCodes.BadTime)]
    [InlineData("expiresAt", "2026-02-30T12:00:00Z", RefusalCodes.BadTime)]
    [InlineData("sentAt", "Thu, 01 Jan 2026 00:00:00 GMT", RefusalCodes.BadTime)]
    [InlineData("sentAt", " 2026-01-31T12:00:00Z", RefusalCodes.BadTime)]
    [InlineData("sentAt", "0001-01-01T00:00:00+14:00", RefusalCodes.BadTime)]
    public void Read_OfAFaultyText_NamesFieldAndCode(string field, string text, string code) =>
        Assert.Equal([$"/{field} {code}"], Problems(With(field, $"\"{text}\"")));

    [Theory]
    [InlineData("2026-01-31T12:00:00Z", 0)]
    [InlineData("2026-01-31t12:00:00z", 0)]
    [InlineData("2026-01-31T13:00:00+01:00", 0)]
    [InlineData("2026-01-31T12:00:00.123456789Z", 1_234_568)]
    public void Read_OfATime_TakesTheFormsOfTheRfc(string text, long ticks)
    {
        var (envelope, _) = Read(With("expiresAt", $"\"{text}\""));

        Assert.InRange(envelope!.ExpiresAt!.Value.UtcTicks - new DateTime(2026, 1, 31, 12, 0, 0, DateTimeKind.Utc).Ticks, ticks - 1, ticks);
    }

    [Fact]
    public void Read_OfTheFirstTimeOfAll_IsStillADeadline() =>
        Assert.NotNull(Read(With("expiresAt", "\"0001-01-01T00:00:00Z\"")).Envelope!.ExpiresAt);

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("2147483648")]
    [InlineData("1e400")]
    public void Read_OfAFaultyVersion_NamesIt(string json) => Assert.Equal(["/version bad-version"], Problems(With("version", json)));

    [Fact]
    public void Read_OfSeveralProblems_NamesThemAll() => Assert.Equal(
        [
            "/id bad-id", "/type bad-type", "/version bad-version", "/sender bad-address", "/hops/1 wrong-kind", "/hops/2 bad-address",
            "/headers/#1 wrong-kind", "/sentAt bad-time", "/payload wrong-kind", "/id duplicate-field", "/recipient missing-field",
        ],
        Problems("""
            {"id":"1","type":"X","version":0,"sender":"a","hops":["echo/a",1,""],"headers":{"a":1,"b":""},
             "sentAt":"","payload":[],"id":2}
            """));

    [Theory]
    [InlineData("sender", "\"\\ud800\"", "/sender")]
    [InlineData("conversationId", "\"\\udc00\"", "/conversationId")]
    [InlineData("hops", "[\"\\ud800x\"]", "/hops/0")]
    [InlineData("headers", "{\"a\":\"\\ud800\"}", "/headers/#1")]
    [InlineData("headers", "{\"\\ud800\":\"a\"}", "/headers")]
    public void Read_OfHalfASurrogateEscape_IsMalformedThere(string field, string json, string pointer) =>
        Assert.Equal([$"{pointer} malformed-json"], Problems(With(field, json)));

    [Fact]
    public void Write_ThenRead_GivesEveryFieldBack()
    {
        var (envelope, problems) = Read(Full);
        Assert.Null(problems);

        var text = Encoding.UTF8.GetString(EnvelopeJson.ToBytes(envelope!));

        Assert.Equal(Describe(envelope!), Describe(Read(text).Envelope!));
        Assert.Equal(Id, envelope!.Id.ToString());
        using var document = System.Text.Json.JsonDocument.Parse(text);
        var names = document.RootElement.EnumerateObject().Select(m => m.Name).ToArray();
        Assert.Equal(15, names.Length);
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
        Assert.Equal(["a/~", "b"], document.RootElement.GetProperty("headers").EnumerateObject().Select(m => m.Name));
    }

    [Fact]
    public void Write_OfFewFields_LeavesTheOthersOut()
    {
        var envelope = Envelope.CreateJson("echo/s", "echo/r", "a.b", "{}"u8.ToArray());

        Assert.Equal(
            $$$"""{"id":"{{{envelope.Id}}}","payload":{},"recipient":"echo/r","sender":"echo/s","type":"a.b","version":1}""",
            Encoding.UTF8.GetString(EnvelopeJson.ToBytes(envelope)));
    }
}
