using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OrleansAgents.Audit;
using OrleansAgents.Messaging;
using OrleansAgents.Security;

namespace OrleansAgents.Tests.Golden;

/// <summary>What is signed and sealed, with keys that the tests know too.</summary>
internal static class Trusted
{
    private static readonly StillTime Time = new(Messages.Now);
    private static readonly MessageSigner Signer = new(new KeyRing(new Still<KeyRingOptions>(SigningKeys()), Time, NullLogger<KeyRing>.Instance), Time);
    private static readonly PayloadCipher Cipher = new(new Still<EncryptionOptions>(SealingKeys()), Time, NullLogger<PayloadCipher>.Instance);

    public static AuditKey AuditKey { get; } = new("the key of the golden audit log."u8);

    public static Envelope Sealed(int id) => Cipher.Seal(Messages.Plain(id, "till/eu"));

    /// <summary>The answer to the sealed message of that id.</summary>
    public static byte[] SealedReply(MessageId id) => Cipher.SealReply(Cipher.Seal(Messages.Plain(1, "till/eu").WithId(id)), Messages.Json("""{"paid":true}""").ToArray());

    public static void WriteLines(string path) => File.WriteAllLines(
        path,
        new[] { Signer.Sign(Messages.Plain(1)), Signer.Sign(Messages.Full(2)), Sealed(3), Signer.Sign(Sealed(4)) }.Select(m => Encoding.UTF8.GetString(EnvelopeJson.ToBytes(m))));

    private static KeyRingOptions SigningKeys()
    {
        var options = new KeyRingOptions();
        options.Keys.Add(new SigningKey { Id = "golden", Identity = "pricer/*", Secret = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=" });
        return options;
    }

    private static EncryptionOptions SealingKeys()
    {
        var group = new KeyGroup { Name = "tills" };
        group.Recipients.Add("till/*");
        group.Keys.Add(new SecretKey { Id = "golden", Secret = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=" });
        var options = new EncryptionOptions();
        options.Groups.Add(group);
        return options;
    }

    private sealed class Still<TOptions>(TOptions value) : IOptionsMonitor<TOptions>
    {
        public TOptions CurrentValue => value;

        public TOptions Get(string? name) => value;

        public IDisposable? OnChange(Action<TOptions, string?> listener) => null;
    }
}
