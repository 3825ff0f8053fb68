using System.Text;
using OrleansAgents.Audit;
using OrleansAgents.Messaging;

namespace OrleansAgents.Tests.Audit;

/// <summary>The three entries of the worked example in docs/wire-format.md, and longer logs.</summary>
internal static class TestLog
{
    public static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // Reckoned by another program from the rule in docs/wire-format.md. They never change: logs in use hold such entries.
    public const string First =
        """{"agent":"till/eu","algorithm":"sha256","at":"2030-01-01T00:00:00.0000000Z","hash":"4175192450493f1557c3441a1698742c099aa55fc99b7b0b295a7ea8b27681a2","id":"00000000-0000-8000-8000-000000000001","outcome":"accepted","sender":"client/cli","sequence":1,"type":"till.pay","version":1}""";

    public const string Second =
        """{"algorithm":"sha256","at":"2030-01-01T00:00:01.2500000Z","code":"unknown-contract","hash":"d61b04a704509836a9d085193c7c86b332017bef2721b91c0da6c87114c2d04a","id":"00000000-0000-8000-8000-000000000002","outcome":"refused","sender":"client/ä\"b\\","sequence":2,"type":"till.rob","version":3}""";

    public const string Third =
        """{"algorithm":"hmac-sha256:376f79f253a0085a","at":"2030-01-01T00:00:02.0000000Z","count":17,"hash":"33dee06076b9b8bcebd88408f22c312386c2705f2807ed2c55b5da4008e368cc","outcome":"refused","sequence":3}""";

    public static AuditKey Key { get; } = new("0123456789abcdef0123456789abcdef"u8);

    public static AuditEntry Entry(long number, string sender = "client/cli", string type = "till.pay", int version = 1, Outcome outcome = Outcome.Accepted, string? code = null) => new()
    {
        At = Start.AddSeconds(number - 1),
        Id = new Guid($"00000000-0000-8000-8000-{number:d12}"),
        Type = type,
        Version = version,
        Sender = sender,
        Outcome = outcome,
        Code = code,
    };

    /// <summary>So many entries in a chain; those from <paramref name="keyedFrom"/> on are keyed.</summary>
    public static List<AuditEntry> Chain(int count, int keyedFrom = int.MaxValue, AuditKey? key = null)
    {
        var entries = new List<AuditEntry>();
        AuditHead? head = null;
        for (var number = 1; number <= count; number++)
        {
            var entry = AuditHash.Seal(Entry(number), "till/eu", head, number >= keyedFrom ? key ?? Key : null);
            entries.Add(entry);
            head = new AuditHead(entry.Sequence, entry.Hash);
        }

        return entries;
    }

    public static string[] Lines(IEnumerable<AuditEntry> entries) => [.. entries.Select(e => Encoding.UTF8.GetString(AuditJson.ToBytes(e)))];

    public static AuditChain Verify(IEnumerable<string> lines, string? head = null, params AuditKey[] keys)
    {
        var chain = new AuditChain(keys, head);
        foreach (var line in lines)
        {
            chain.Add(Encoding.UTF8.GetBytes(line));
        }

        chain.End();
        return chain;
    }
}
