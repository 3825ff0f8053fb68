using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OrleansAgents.Messaging;
using OrleansAgents.Security;
using Xunit;

namespace OrleansAgents.Tests.Security;

public class SignatureTests
{
    private const string Secret = "0123456789abcdef0123456789abcdef";
    private static readonly FakeTimeProvider Time = new(new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero));

    // docs/wire-format.md has the same message as its test vector; the value was made by another language.
    private const string Vector =
        """{"id":"0198d2f0-3c5e-8000-9a1b-2c3d4e000001","payload":{"sku":"A1","amount":3},"recipient":"orders/eu","sender":"client/till-1","sentAt":"2026-01-31T12:00:00Z","signature":{"algorithm":"HMAC-SHA256","keyId":"till-2026","value":"bd374836eeb01d4abeb1ccbbda9a45502f672b78bec31c7ec1db9e7444f95ea3"},"type":"order.place","version":1}""";

    [Fact]
    public void Signature_MadeByAnotherLanguage_Holds() => Assert.Null(FindFault(Read(Vector)));

    [Fact]
    public void Documentation_OfTheSignature_HasTheVectorThatIsTested()
    {
        var page = File.ReadAllText(Path.Combine(Architecture.Repository.Root, "docs", "wire-format.md"));
        Assert.Contains(Vector, page, StringComparison.Ordinal);
        Assert.Contains(Secret, page, StringComparison.Ordinal);
    }

    [Fact]
    public void Sign_AMessage_MakesWhatVerifies()
    {
        var envelope = Create();
        var signed = Signer().Sign(envelope);
        Assert.Equal("till-2026", signed.Extras!.Signature!.KeyId);
        Assert.Equal(Time.GetUtcNow(), signed.Extras.SentAt);
        Assert.Null(FindFault(signed));
        Assert.Null(FindFault(Read(Encoding.UTF8.GetString(EnvelopeJson.ToBytes(signed)))));
        Assert.Null(FindFault(Reframe(signed)));
    }

    public static TheoryData<string, string> Alterations => new()
    {
        { "id", "\"id\":\"0198d2f0-3c5e-8000-9a1b-2c3d4e000002\"" },
        { "type", "\"type\":\"order.drop\"" },
        { "version", "\"version\":2" },
        { "sender", "\"sender\":\"client/till-2\"" },
        { "recipient", "\"recipient\":\"orders/us\"" },
        { "payload", "\"payload\":{\"sku\":\"A1\",\"amount\":4}" },
        { "sentAt", "\"sentAt\":\"2026-01-31T12:00:01Z\"" },
        { "expiresAt", "\"expiresAt\":\"2026-01-31T13:00:01Z\"" },
        { "correlationId", "\"correlationId\":\"0198d2f0-3c5e-8000-9a1b-2c3d4e000009\"" },
        { "causationId", "\"causationId\":\"0198d2f0-3c5e-8000-9a1b-2c3d4e000009\"" },
        { "conversationId", "\"conversationId\":\"another\"" },
        { "headers", "\"headers\":{\"a\":\"1\",\"b\":\"3\"}" },
        { "encryption", "\"encryption\":{\"algorithm\":\"A256GCM\",\"keyId\":\"k2\"}" },
    };

    [Theory, MemberData(nameof(Alterations))]
    public void Signature_OfAMessageAlteredInOneField_DoesNotHold(string field, string altered)
    {
        var full = Signer().Sign(Create().WithExpiry(Time.GetUtcNow().AddHours(1)).With(new EnvelopeExtras
        {
            CorrelationId = MessageId.New(),
            CausationId = MessageId.New(),
            ConversationId = "one",
            Headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["b"] = "2", ["a"] = "1" },
            Encryption = new PayloadEncryption("k1", PayloadEncryption.Aes256Gcm),
        }));
        var text = Encoding.UTF8.GetString(EnvelopeJson.ToBytes(full));
        Assert.Null(FindFault(Read(text)));

        var node = System.Text.Json.Nodes.JsonNode.Parse(text)!.AsObject();
        Assert.True(node.ContainsKey(field), $"The message has no {field} to alter.");
        var other = System.Text.Json.Nodes.JsonNode.Parse("{" + altered + "}")!.AsObject();
        var value = other[field];
        other.Remove(field);
        node[field] = value;
        Assert.NotNull(FindFault(Read(node.ToJsonString(PayloadJson.Options))));

        if (field is not ("id" or "type" or "version" or "sender" or "recipient" or "payload"))
        {
            node.Remove(field);
            Assert.NotNull(FindFault(Read(node.ToJsonString(PayloadJson.Options))));
        }
    }

    [Fact]
    public void Signature_WithOneAlteredByteAnywhereInTheMessage_DoesNotHold()
    {
        var bytes = Encoding.UTF8.GetBytes(Vector);
        var held = new List<string>();
        for (var i = 0; i < bytes.Length; i++)
        {
            var altered = bytes.ToArray();
            altered[i] ^= 1;
            var (envelope, _) = EnvelopeJson.Read(altered, new MessageLimits());
            if (envelope?.Extras?.Signature is not null && FindFault(envelope) is null)
            {
                held.Add(Encoding.UTF8.GetString(altered));
            }
        }

        Assert.Empty(held);
    }

    [Theory]
    [InlineData("algorithm", "none", "algorithm")]
    [InlineData("keyId", "nobody", "not known")]
    [InlineData("keyId", "other", "signs for")]
    [InlineData("value", "", null)]
    [InlineData("value", "zz", "64")]
    public void Signature_WithAnAlteredPart_DoesNotHold(string part, string value, string? fault)
    {
        var node = System.Text.Json.Nodes.JsonNode.Parse(Vector)!;
        node["signature"]![part] = value;
        var (envelope, problems) = EnvelopeJson.Read(Encoding.UTF8.GetBytes(node.ToJsonString()), new MessageLimits());
        if (fault is null)
        {
            Assert.Equal(RefusalCodes.MissingField, Assert.Single(problems!).Code);
        }
        else
        {
            Assert.Contains(fault, FindFault(envelope!), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Signature_OfAMessageWhoseMembersStandInAnotherOrder_Holds()
    {
        var reordered = Vector.Replace("""{"sku":"A1","amount":3}""", """{ "amount" : 3.0e0, "sku" : "\u00411" }""", StringComparison.Ordinal);
        Assert.NotEqual(Vector, reordered);
        Assert.Null(FindFault(Read(reordered)));
    }

    [Fact]
    public void Signature_OnItsWay_IsNotTouchedByHopsAndTraces()
    {
        var onTheWay = Read(Vector);
        onTheWay = onTheWay.With(onTheWay.Extras! with { Hops = ["router/a"], TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" });
        Assert.Null(FindFault(onTheWay));
    }

    [Fact]
    public void Sign_APayloadWithANumberThatADoubleDoesNotHold_IsRefused()
    {
        var envelope = Envelope.CreateJson("client/till-1", "orders/eu", "order.place", "{\"amount\":9007199254740993}"u8.ToArray());
        Assert.Equal(RefusalCodes.BadNumber, Assert.Throws<CanonicalJsonException>(() => Signer().Sign(envelope)).Code);
    }

    [Fact]
    public void Sign_ForASenderWithoutAKey_LeavesTheMessageAsItIs()
    {
        var envelope = Envelope.CreateJson("client/stranger", "orders/eu", "order.place", "{}"u8.ToArray());
        Assert.Same(envelope, Signer().Sign(envelope));
    }

    [Fact]
    public void Frame_WithSignatureEncryptionAndOrigin_KeepsThem()
    {
        var signed = Signer().Sign(Create().With(new EnvelopeExtras { Encryption = new PayloadEncryption("k", "A256GCM") }));
        signed.StampOutside();
        var framed = Reframe(signed);
        Assert.True(framed.IsFromOutside);
        Assert.Equal(signed.Extras!.Signature, framed.Extras!.Signature);
        Assert.Equal(signed.Extras.Encryption, framed.Extras.Encryption);
        Assert.False(Reframe(Create()).IsFromOutside);
    }

    private static Envelope Create() =>
        Envelope.CreateJson("client/till-1", "orders/eu", "order.place", "{\"sku\":\"A1\",\"amount\":3}"u8.ToArray());

    private static string? FindFault(Envelope envelope) => Signer().FindFault(envelope, envelope.Recipient);

    private static MessageSigner Signer()
    {
        var options = new KeyRingOptions();
        options.Keys.Add(new SigningKey { Id = "till-2026", Identity = "client/till-*", Secret = Secret });
        options.Keys.Add(new SigningKey { Id = "other", Identity = "client/other", Secret = Secret });
        return new MessageSigner(new KeyRing(new FixedOptions<KeyRingOptions>(options), Time, NullLogger<KeyRing>.Instance), Time);
    }

    private static Envelope Read(string text)
    {
        var (envelope, problems) = EnvelopeJson.Read(Encoding.UTF8.GetBytes(text), new MessageLimits());
        Assert.True(envelope is not null, string.Join(' ', (problems ?? []).Select(p => p.Message)));
        return envelope;
    }

    private static Envelope Reframe(Envelope envelope)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        EnvelopeBinary.Write(envelope, output);
        return EnvelopeBinary.Read(output.WrittenSpan.ToArray(), new ContractCatalogue());
    }
}

internal sealed class FixedOptions<T>(T value) : IOptionsMonitor<T>
{
    private readonly List<Action<T, string?>> _listeners = [];

    public T CurrentValue { get; private set; } = value;

    public T Get(string? name) => CurrentValue;

    public void Change(T value)
    {
        CurrentValue = value;
        foreach (var listener in _listeners)
        {
            listener(value, null);
        }
    }

    public IDisposable? OnChange(Action<T, string?> listener)
    {
        _listeners.Add(listener);
        return null;
    }
}
