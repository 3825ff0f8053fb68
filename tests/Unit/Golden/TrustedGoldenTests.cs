using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OrleansAgents.Agents;
using OrleansAgents.Audit;
using OrleansAgents.Messaging;
using OrleansAgents.Security;
using OrleansAgents.Tests.Security;
using OrleansAgents.Tests.Sqlite;
using Xunit;

namespace OrleansAgents.Tests.Golden;

/// <summary>What earlier commits signed, sealed and noted in audit logs.</summary>
public sealed class TrustedGoldenTests
{
    private const string Lines = "trusted.jsonl", Store = "agents.db", KeyId = "golden";

    private static readonly AuditKey AuditKey = new("the key of the golden audit log."u8);

    public static TheoryData<string> Commits => [.. GoldenFiles.CommitsWith(Lines)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Commits))]
    public void Signatures_OfAnEarlierCommit_Hold(string commit)
    {
        var signed = Read(commit).Where(m => m.Extras?.Signature is not null).ToArray();

        Assert.Equal(3, signed.Length);
        Assert.All(signed, m => Assert.Null(Signer().FindFault(m, m.Recipient)));
        Assert.All(signed, m => Assert.NotNull(Signer().FindFault(m, "echo/other")));
    }

    [Theory]
    [MemberData(nameof(Commits))]
    public void Seals_OfAnEarlierCommit_AreOpened(string commit)
    {
        using var cipher = Cipher();
        var opened = Read(commit).Where(m => m.Extras?.Encryption is not null).Select(cipher.Open).ToArray();

        Assert.Equal(2, opened.Length);
        Assert.All(opened, m => Assert.Contains("größer ✓", Ciphers.Text(m), StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Commits))]
    public async Task Store_OfAnEarlierCommit_HoldsSealedMessagesAndAuditLogsThatVerify(string commit)
    {
        await using var temporary = new TemporaryStore(new FakeTimeProvider(Storage.TestCommits.Start));
        File.Copy(GoldenFiles.PathOf(commit, Store), temporary.File);
        await temporary.OpenAsync();
        using var cipher = Cipher();
        var till = (await temporary.Store.LoadAsync("till/eu", Token))!;
        var log = new AuditChain([AuditKey]);
        foreach (var entry in await temporary.Store.ReadAuditAsync("pricer/eu", 0, 100, Token))
        {
            log.Add(AuditJson.ToBytes(entry));
        }

        log.End();

        Assert.Null(log.Fault);
        Assert.Equal((6L, "pricer/eu"), (log.Entries, log.Agent));
        Assert.Equal(3, till.Outgoing.Count);
        Assert.All(till.Outgoing, m => Assert.Contains("größer ✓", Ciphers.Text(cipher.Open(m.Envelope)), StringComparison.Ordinal));
        Assert.NotEmpty(till.Handled);
        Assert.All(till.Handled, h => Assert.Equal("""{"paid":true}""", OpenReply(cipher, h)));
    }

    private static string OpenReply(PayloadCipher cipher, HandledMessage handled)
    {
        var request = cipher.Seal(Ciphers.Message("till/eu").WithId(handled.Id));
        return Encoding.UTF8.GetString(cipher.OpenReply(request, Reply.FromWire(Outcome.Accepted, handled.Reply!.Value.ToArray())).ToJson()!);
    }

    private static IEnumerable<Envelope> Read(string commit) => File.ReadAllLines(GoldenFiles.PathOf(commit, Lines)).Select(line =>
    {
        var (envelope, problems) = EnvelopeJson.Read(Encoding.UTF8.GetBytes(line), new MessageLimits());
        Assert.Null(problems);
        return envelope!;
    });

    private static PayloadCipher Cipher() => Ciphers.Of(Ciphers.Group("tills", "till/*", new SecretKey { Id = KeyId, Secret = Ciphers.Vector }));

    private static MessageSigner Signer()
    {
        var options = new KeyRingOptions();
        options.Keys.Add(new SigningKey { Id = KeyId, Identity = "pricer/*", Secret = Ciphers.Vector });
        return new MessageSigner(new KeyRing(new FixedOptions<KeyRingOptions>(options), TimeProvider.System, NullLogger<KeyRing>.Instance), TimeProvider.System);
    }
}
