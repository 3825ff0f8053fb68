using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OrleansAgents.Messaging;
using OrleansAgents.Security;
using OrleansAgents.Tests.Security;
using Xunit;
using static OrleansAgents.Tests.Input.MessageTargets;

namespace OrleansAgents.Tests.Input;

/// <summary>What signs, verifies, seals and opens, and what it promises of any bytes. Each public method is one.</summary>
internal static class SecurityTargets
{
    private static readonly MessageSigner Signer = CreateSigner();
    private static readonly PayloadCipher Cipher = Ciphers.Of(Ciphers.Group("prices", "pricer/*", new SecretKey { Id = "k1", Secret = Ciphers.Vector }));
    private static readonly GateChecks Checks = new([new EncryptionCheck(Cipher), CreateCheck()]);
    private static readonly JsonNode SignedMeaning = MeaningOf(EnvelopeJson.Read(Corpus.Read("messages/valid-signed.json"), new()).Envelope!);

    public static void CanonicalForm(byte[] bytes)
    {
        var output = new ArrayBufferWriter<byte>();
        try
        {
            CanonicalJson.Write(bytes, output);
        }
        catch (CanonicalJsonException e)
        {
            Assert.False(CanonicalJson.IsCanonical(bytes));
            CheckPlain(e.Message);
            CheckRefusal(e.ToRefusal(Envelope.CreateJson("echo/s", "echo/r", "a.b", bytes.Length == 0 ? new byte[1] : bytes)));
            return;
        }

        var form = output.WrittenSpan.ToArray();
        Assert.True(CanonicalJson.IsCanonical(form));
        Assert.Equal(form.AsSpan().SequenceEqual(bytes), CanonicalJson.IsCanonical(bytes));
        using var was = JsonDocument.Parse(bytes);
        using var now = JsonDocument.Parse(form);
        Assert.True(IsSame(was.RootElement, now.RootElement));
    }

    private static bool IsSame(JsonElement was, JsonElement now)
    {
        try
        {
            return JsonElement.DeepEquals(was, now);
        }
        catch (ArgumentOutOfRangeException)
        {
            // It cannot compare a number such as 0e99999999999, which is zero.
            return true;
        }
    }

    /// <summary>Whatever verifies says what was signed. The corpus has one signed message, so that is what it says.</summary>
    public static void Signature(byte[] bytes)
    {
        foreach (var message in Messages(bytes).Where(m => m.Extras?.Signature is not null))
        {
            if (Signer.FindFault(message, message.Recipient) is { } fault)
            {
                CheckPlain(fault);
            }
            else
            {
                Assert.True(JsonNode.DeepEquals(SignedMeaning, MeaningOf(message)));
            }
        }
    }

    public static void Seal(byte[] bytes)
    {
        _ = SealedText.Find(bytes, out _);
        _ = SealedText.Find(bytes);
        foreach (var message in Messages(bytes))
        {
            if (!Cipher.TryOpen(message, out var opened, out var fault))
            {
                Assert.Equal(RefusalCodes.BadSeal, fault.Code);
                CheckRefusal(fault);
            }
            else if (message.Extras?.Encryption is not null)
            {
                Assert.Equal("""{"sku":"A1"}""", Ciphers.Text(opened));
            }
        }
    }

    public static void Demands(byte[] bytes)
    {
        foreach (var message in Messages(bytes))
        {
            message.StampOutside();
            if (Checks.Check(message, isEvent: false) is { } refusal)
            {
                CheckRefusal(refusal);
            }
            else
            {
                Assert.True(JsonNode.DeepEquals(SignedMeaning, MeaningOf(message)));
            }
        }
    }

    /// <summary>The message as a value, without what may change on its way.</summary>
    private static JsonNode MeaningOf(Envelope message)
    {
        var json = JsonNode.Parse(EnvelopeJson.ToBytes(message))!.AsObject();
        foreach (var name in (string[])["hops", "traceparent", "tracestate"])
        {
            json.Remove(name);
        }

        json["signature"]!.AsObject().Remove("value");
        return json;
    }

    private static MessageSigner CreateSigner()
    {
        var options = new KeyRingOptions();
        options.Keys.Add(new SigningKey { Id = "till-2026", Identity = "client/till-*", Secret = "0123456789abcdef0123456789abcdef" });
        return new MessageSigner(new KeyRing(new FixedOptions<KeyRingOptions>(options), TimeProvider.System, NullLogger<KeyRing>.Instance), TimeProvider.System);
    }

    private static SignatureCheck CreateCheck() => new(
        new ChosenPolicy(SignaturePolicy.External), Options.Create(new SignatureOptions { ClockAllowance = TimeSpan.FromDays(36_500) }),
        Signer, TimeProvider.System, NullLogger<SignatureCheck>.Instance);
}
