using System.Buffers.Text;
using System.Text;
using Microsoft.Extensions.Logging.Testing;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Security;
using Xunit;
using static OrleansAgents.Tests.Security.Ciphers;

namespace OrleansAgents.Tests.Security;

public sealed class PayloadCipherTests
{
    private readonly PayloadCipher _cipher = Of(Group("prices", "pricer/*", Key("k1", 1)), Group("orders", "topic/orders/*,order/*", Key("k2", 2)));

    [Fact]
    public void Seal_ThenOpen_GivesThePayloadBack()
    {
        var message = Message();
        var closed = _cipher.Seal(message);
        Assert.Equal(new PayloadEncryption("k1", "A256GCM"), closed.Extras!.Encryption);
        Assert.StartsWith("""{"sealed":""" + '"', Text(closed), StringComparison.Ordinal);
        Assert.DoesNotContain("\"A1\"", Text(closed), StringComparison.Ordinal);
        Assert.True(closed.IsPayloadObject());
        Assert.Equal((message.Id, message.Sender, message.Recipient, message.Type), (closed.Id, closed.Sender, closed.Recipient, closed.Type));
        var opened = _cipher.Open(closed);
        Assert.Equal(Text(message), Text(opened));
        Assert.Null(opened.Extras!.Encryption);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(995)]
    [InlineData(996)]
    [InlineData(200_000)]
    public void Seal_OfAnySize_Opens(int length)
    {
        var payload = $$"""{"a":"{{new string('x', length)}}"}""";
        Assert.Equal(payload, Text(_cipher.Open(_cipher.Seal(Message(payload: payload)))));
    }

    [Fact]
    public void Seal_OfOneMessageTwice_IsNeverTheSame() =>
        Assert.NotEqual(Text(_cipher.Seal(Message())), Text(_cipher.Seal(Message())));

    [Fact]
    public void Seal_ForNobodysGroup_LeavesItAsItIs()
    {
        var message = Message("echo/a");
        Assert.Same(message, _cipher.Seal(message));
        var closed = _cipher.Seal(Message());
        Assert.Same(closed, _cipher.Seal(closed));
    }

    [Fact]
    public void Open_OfTheDocumentedMessage_GivesItsPayload()
    {
        var line = File.ReadLines(Path.Combine(Architecture.Repository.Root, "docs", "wire-format.md"))
            .Single(l => l.StartsWith("{\"encryption\"", StringComparison.Ordinal) && l.Contains("\"payload\"", StringComparison.Ordinal));
        var (closed, _) = EnvelopeJson.Read(Encoding.UTF8.GetBytes(line), new MessageLimits());
        var cipher = Of(Group("prices", "pricer/*", new SecretKey { Id = "k1", Secret = Vector }));
        Assert.Equal("""{"sku":"A1"}""", Text(cipher.Open(closed!)));
        Assert.Equal(line, Encoding.UTF8.GetString(EnvelopeJson.ToBytes(closed!)));
    }

    [Fact]
    public void Seal_UnderTheDocumentedNonce_GivesTheDocumentedText()
    {
        // docs/wire-format.md has the same; made by another implementation of the cipher.
        var key = new PayloadKey("k1", Convert.FromBase64String(Vector));
        byte[] nonce = [1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 1];
        var text = SealedText.Write(key, nonce, key.MessagePrefix, """{"sku":"A1"}"""u8, "quote.request\n1\nclient/demo\nk1"u8);
        Assert.Equal("""{"sealed":"AQIDBAUGBwgAAAABHqmS2NbgitLhXRbeU7k8_wiuQguvDuHiwEkW5Q"}""", Encoding.UTF8.GetString(text));
        var group = Group("prices", "pricer/*", new SecretKey { Id = "k1", Secret = Vector });
        var message = Message(payload: Encoding.UTF8.GetString(text)).With(new EnvelopeExtras { Encryption = key.Encryption });
        Assert.Equal("""{"sku":"A1"}""", Text(Of(group).Open(message)));

        nonce[11] = 2;
        var reply = SealedText.Write(key, nonce, key.ReplyPrefix, """{"price":7}"""u8, "reply\n0198d2f0-3c5e-8000-9a1b-2c3d4e000001\nk1"u8);
        Assert.Equal("""{"encryption":{"algorithm":"A256GCM","keyId":"k1"},"sealed":"AQIDBAUGBwgAAAAC-dvAJCNmlRXFdQ8fNdjmOBHa0ZN2lO9BTbqr"}""", Encoding.UTF8.GetString(reply));
    }

    [Fact]
    public void Open_OfWhatWasAltered_IsRefused()
    {
        var closed = _cipher.Seal(Message());
        var text = Text(closed);
        var value = text["{\"sealed\":\"".Length..^2];
        var bytes = Base64Url.DecodeFromChars(value);
        for (var i = 0; i < bytes.Length; i++)
        {
            var altered = bytes.ToArray();
            altered[i] ^= 1;
            AssertRefused(Payload(closed, $$"""{"sealed":"{{Base64Url.EncodeToString(altered)}}"}"""));
        }

        foreach (var other in (string[])["", "AAAA", value[..^1], value + "A", value + "=", value[..8] + "\\n" + value[8..], value[..^2] + " " + value[^2..]])
        {
            AssertRefused(Payload(closed, $$"""{"sealed":"{{other}}"}"""));
        }

        foreach (var other in (string[])["{}", "1", "[]", "{", """{"sealed":1}""", $$"""{"sealed":"{{value}}","b":1}""", $$"""{"sealed":"{{value}}","sealed":"{{value}}"}"""])
        {
            AssertRefused(Payload(closed, other));
        }

        Assert.Equal("""{"sku":"A1"}""", Text(_cipher.Open(Payload(closed, $$""" { "sealed" : "{{value}}" } """))));
    }

    [Fact]
    public void Open_InAnotherMessage_IsRefused()
    {
        var closed = _cipher.Seal(Message());
        var payload = Text(closed);
        foreach (var other in (Envelope[])[Message(payload: payload, type: "quote.order"), Message(payload: payload, version: 2), Message(payload: payload, sender: "client/other"), Message("order/a", payload)])
        {
            var moved = other.With(closed.Extras);
            if (other.Recipient.Kind == "order")
            {
                // Its recipient may be another, so that it can be passed on as it is.
                Assert.Equal("""{"sku":"A1"}""", Text(_cipher.Open(moved)));
            }
            else
            {
                AssertRefused(moved);
            }
        }

        AssertRefused(closed.With(closed.Extras! with { Encryption = new("k2", "A256GCM") }));
        AssertRefused(closed.With(closed.Extras! with { Encryption = new("k3", "A256GCM") }));
        AssertRefused(closed.With(closed.Extras! with { Encryption = new("k1", "none") }));
    }

    [Fact]
    public void OpenReply_OfAnotherRequest_Throws()
    {
        var one = _cipher.Seal(Message());
        var other = _cipher.Seal(Message());
        var reply = Reply.Accepted(_cipher.SealReply(one, new Answer(7)));
        Assert.Equal("""{"price":7}""", Encoding.UTF8.GetString(_cipher.OpenReply(one, reply.AsDuplicate()).ToJson()!));
        Assert.DoesNotContain("price", Encoding.UTF8.GetString(reply.ToJson()!), StringComparison.Ordinal);
        Assert.Equal((RefusalCodes.BadSeal, other.Id), Assert.Throws<AgentTimeoutException>(() => _cipher.OpenReply(other, reply)) is var e ? (e.Code, e.Id) : default);
        Assert.Throws<AgentTimeoutException>(() => _cipher.OpenReply(one, Reply.Accepted("""{"price":8}"""u8.ToArray())));
        Assert.Throws<AgentTimeoutException>(() => _cipher.OpenReply(one, Reply.Accepted(new Answer(8))));
        // What somebody else sealed is somebody else's to open.
        Assert.Equal(reply, _cipher.OpenReply(Payload(one, Text(one)), reply));
    }

    [Fact]
    public void Redirect_ToAnotherGroup_SealsAnew()
    {
        var closed = _cipher.Seal(Message());
        Assert.Same(closed.Extras!.Encryption, _cipher.Redirect(closed.To(new AgentId("pricer", "us"))).Extras!.Encryption);
        Assert.Equal(Text(closed), Text(_cipher.Redirect(closed.To(new AgentId("echo", "a")))));
        var onward = _cipher.Redirect(closed.To(new AgentId("order", "a")));
        Assert.Equal("k2", onward.Extras!.Encryption!.KeyId);
        Assert.Equal("""{"sku":"A1"}""", Text(_cipher.Open(onward)));
        // Without the key that it was sealed with it goes on as it is.
        Assert.Equal(Text(closed), Text(Of(Group("orders", "order/*", Key("k2", 2))).Redirect(closed.To(new AgentId("order", "a")))));
    }

    [Fact]
    public void Check_AtTheGate_DemandsASealThatIsKnown()
    {
        Assert.Equal(RefusalCodes.NotSealed, _cipher.Check(Message())!.Code);
        Assert.Equal(RefusalCodes.NotSealed, _cipher.Check(Message("topic/orders/eu"))!.Code);
        Assert.Null(_cipher.Check(Message("topic/orders")));
        Assert.Null(_cipher.Check(_cipher.Seal(Message())));
        Assert.Equal(RefusalCodes.BadSeal, _cipher.Check(Of(Group("g", "*", Key("other", 1))).Seal(Message()))!.Code);
        var lenient = Group("prices", "pricer/*", Key("k1", 1, use: false));
        lenient.Required = false;
        var cipher = Of(lenient);
        Assert.Null(cipher.Check(Message()));
        Assert.Null(cipher.Seal(Message()).Extras);
        Assert.Equal("""{"sku":"A1"}""", Text(cipher.Open(_cipher.Seal(Message()))));
    }

    [Fact]
    public void Keys_ThatChange_OpenWhatWasSealedBefore()
    {
        var options = new ChangingOptions(Options(Group("prices", "pricer/*", Key("k1", 1))));
        var log = new FakeLogger<PayloadCipher>();
        using var cipher = Of(options, log);
        var old = cipher.Seal(Message());
        options.Change(Options(Group("prices", "pricer/*", Key("k1", 1), Key("k2", 2, use: false))));
        Assert.Equal("k1", cipher.Seal(Message()).Extras!.Encryption!.KeyId);
        options.Change(Options(Group("prices", "pricer/*", Key("k1", 1, use: false), Key("k2", 2))));
        var young = cipher.Seal(Message());
        Assert.Equal("k2", young.Extras!.Encryption!.KeyId);
        Assert.Equal(Text(cipher.Open(young)), Text(cipher.Open(old)));
        options.Change(Options(Group("prices", "pricer/*", new SecretKey { Id = "k2", Secret = "no key" })));
        Assert.Contains("'k2'", log.LatestRecord.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("no key", log.LatestRecord.Message, StringComparison.Ordinal);
        Assert.Equal("k2", cipher.Seal(Message()).Extras!.Encryption!.KeyId);
        options.Change(Options(Group("prices", "pricer/*", Key("k2", 2))));
        Assert.Equal(RefusalCodes.BadSeal, Assert.Throws<AgentRefusedException>(() => cipher.Open(old)).Code);
    }

    [Fact]
    public async Task Seal_ByManyAtOnce_TakesEachNonceOnce()
    {
        var texts = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Enumerable.Range(0, 500).Select(_ =>
        {
            var closed = _cipher.Seal(Message());
            Assert.Equal("""{"sku":"A1"}""", Text(_cipher.Open(closed)));
            return Text(closed)[11..27];
        }).ToArray(), TestContext.Current.CancellationToken)));
        Assert.Equal(4000, texts.SelectMany(t => t).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Nonces_WhoseCounterIsAtItsEnd_TakeAnotherRandomPart()
    {
        var key = new PayloadKey("k1", new byte[32], firstCount: uint.MaxValue);
        byte[] last = new byte[12], next = new byte[12];
        key.NextNonce(last);
        key.NextNonce(next);
        Assert.Equal([255, 255, 255, 255], last[8..]);
        Assert.Equal([0, 0, 0, 0], next[8..]);
        Assert.NotEqual(last[..8], next[..8]);
        key.NextNonce(last);
        Assert.Equal([.. next[..8], 0, 0, 0, 1], last);
    }

    private static Envelope Payload(Envelope message, string payload) => new Envelope(
        message.Id, message.Sender, message.Recipient, message.Contract, value: null, Encoding.UTF8.GetBytes(payload)).With(message.Extras);

    private void AssertRefused(Envelope closed)
    {
        Assert.Equal(RefusalCodes.BadSeal, Assert.Throws<AgentRefusedException>(() => _cipher.Open(closed)).Code);
        Assert.False(_cipher.TryOpen(closed, out _, out var fault));
        Assert.Equal(RefusalCodes.BadSeal, fault.Code);
    }

    private sealed record Answer(int Price);
}
