using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using OrleansAgents.Messaging;
using OrleansAgents.Security;
using Xunit;

namespace OrleansAgents.Tests.Security;

public sealed class SignedFormTests
{
    private const string Awkward = "\"\\\b\u001f/é😀\uffff";
    private static readonly HashKey Key = new(new SigningKey { Id = "till-2026", Identity = "client/*", Secret = "0123456789abcdef0123456789abcdef" });

    public static TheoryData<string, string, bool> Messages
    {
        get
        {
            var data = new TheoryData<string, string, bool>();
            foreach (var sentAt in (string[])["2026-01-31T12:00:00Z", "2026-01-31T12:00:10Z", "2026-01-31T12:00:00.1Z", "2026-01-31T23:59:59.9999999Z"])
            {
                foreach (var key in (string[])["eu", "a\"b", "a\\b", "é😀", new string('漢', 256)])
                {
                    data.Add(sentAt, key, true);
                    data.Add(sentAt, key, false);
                }
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(Messages))]
    public void Form_OfAMessage_IsTheCanonicalFormOfItsJson(string sentAt, string key, bool hasExtras)
    {
        var sent = DateTimeOffset.Parse(sentAt, CultureInfo.InvariantCulture);
        var signature = new MessageSignature(Key.Id, MessageSignature.HmacSha256, new string('0', 64));
        var message = Envelope.CreateJson($"client/{key}", $"orders/{key}", "order.place", "{\"a\":[1,\"é\"]}"u8.ToArray(), version: 12)
            .With(hasExtras ? Full(signature, sent) : new EnvelopeExtras { SentAt = sent, Signature = signature })
            .WithExpiry(hasExtras ? sent.AddTicks(1) : null);

        var json = JsonNode.Parse(EnvelopeJson.ToBytes(message))!.AsObject();
        json.Remove("hops");
        json.Remove("traceparent");
        json.Remove("tracestate");
        json["signature"]!.AsObject().Remove("value");
        using var writer = new CanonicalJsonWriter(64);
        var form = SignedForm.Rent();
        form.Write(message, message.Recipient, Key, sent, message.PayloadJson.Span);
        Assert.Equal(Encoding.UTF8.GetString(writer.Write(Encoding.UTF8.GetBytes(json.ToJsonString()))), Encoding.UTF8.GetString(form.Bytes));
        form.Return();
    }

    private static EnvelopeExtras Full(MessageSignature signature, DateTimeOffset sent) => new()
    {
        CausationId = MessageId.New(),
        ConversationId = Awkward,
        CorrelationId = MessageId.New(),
        Encryption = new PayloadEncryption("k1", PayloadEncryption.Aes256Gcm),
        Headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["b"] = Awkward, [Awkward] = "", ["B"] = "2" },
        Hops = ["router/a"],
        TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        TraceState = "a=b",
        SentAt = sent,
        Signature = signature,
    };
}
