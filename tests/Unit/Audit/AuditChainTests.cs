using OrleansAgents.Audit;
using Xunit;
using static OrleansAgents.Tests.Audit.TestLog;

namespace OrleansAgents.Tests.Audit;

public sealed class AuditChainTests
{
    private static readonly AuditKey Other = new("fedcba9876543210fedcba9876543210"u8);

    [Fact]
    public void Verify_OfAWholeLog_TellsWhatItHolds()
    {
        var chain = Verify([First, Second, Third], head: null, Key);

        Assert.Null(chain.Fault);
        Assert.Equal(
            (3, "till/eu", "2030-01-01T00:00:00.0000000Z", "2030-01-01T00:00:02.0000000Z", "33dee06076b9b8bcebd88408f22c312386c2705f2807ed2c55b5da4008e368cc"),
            (chain.Entries, chain.Agent, chain.From, chain.To, chain.Head));
    }

    [Theory]
    [InlineData("agent")]
    [InlineData("algorithm")]
    [InlineData("at")]
    [InlineData("code")]
    [InlineData("hash")]
    [InlineData("id")]
    [InlineData("outcome")]
    [InlineData("sender")]
    [InlineData("type")]
    [InlineData("version")]
    public void Verify_OfAnAlteredMember_SaysWhere(string member)
    {
        var lines = Lines(Chain(5));
        var at = member == "agent" ? 0 : 2;
        lines[at] = member switch
        {
            "algorithm" => lines[at].Replace("sha256", "hmac-sha256:376f79f253a0085a", StringComparison.Ordinal),
            "code" => lines[at].Replace("\"hash\"", "\"code\":\"x\",\"hash\"", StringComparison.Ordinal),
            "version" => lines[at].Replace("\"version\":1", "\"version\":2", StringComparison.Ordinal),
            _ => Alter(lines[at], $"\"{member}\":\""),
        };

        AssertFault(Verify(lines, head: null, Key), at + 1, "altered");
    }

    [Fact]
    public void Verify_OfAnAddedMember_SaysWhere()
    {
        var lines = Lines(Chain(3));
        lines[1] = lines[1].Replace("{", "{\"a\":1,", StringComparison.Ordinal);

        AssertFault(Verify(lines), 2, "altered");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Verify_WithoutAnEntry_NamesIt(int sequence) =>
        AssertFault(Verify(Lines(Chain(5).Where(e => e.Sequence != sequence))), sequence, "missing");

    [Fact]
    public void Verify_OfEntriesThatAreNumberedAnew_SaysTheyWereAltered()
    {
        var entries = Chain(5);
        entries.RemoveAt(2);
        var lines = Lines(entries.Select((e, i) => e with { Sequence = i + 1 }));

        AssertFault(Verify(lines), 3, "altered");
    }

    [Fact]
    public void Verify_OfEntriesThatChangedPlaces_SaysSo()
    {
        var lines = Lines(Chain(5));
        (lines[1], lines[3]) = (lines[3], lines[1]);

        AssertFault(Verify(lines), 2, "reordered");
    }

    [Fact]
    public void Verify_OfAnEntryThatIsThereTwice_SaysSo()
    {
        var lines = Lines(Chain(3));

        AssertFault(Verify([.. lines, lines[1]]), 2, "reordered");
    }

    [Fact]
    public void Verify_OfALogThatWasCut_NeedsTheHeadToSaySo()
    {
        var entries = Chain(5);
        var head = entries[^1].Hash;

        Assert.Null(Verify(Lines(entries), head).Fault);
        Assert.Null(Verify(Lines(entries.Take(3))).Fault);
        AssertFault(Verify(Lines(entries.Take(3)), head), 4, "truncated");
        AssertFault(Verify([], head), 1, "truncated");
    }

    [Fact]
    public void Verify_OfALogThatGrewSinceTheHead_IsInOrder()
    {
        var entries = Chain(5);
        var chain = Verify(Lines(entries), entries[2].Hash);

        Assert.Null(chain.Fault);
        Assert.Equal((3, 5), (chain.HeadSequence, chain.Entries));
    }

    [Fact]
    public void Verify_OfTheLogOfAnotherAgent_IsSaidToBeThat() => Assert.Equal("till/eu", Verify(Lines(Chain(1))).Agent);

    [Fact]
    public void Verify_OfAKeyedLog_NeedsItsKey()
    {
        var lines = Lines(Chain(4, keyedFrom: 1));

        Assert.Null(Verify(lines, head: null, Key).Fault);
        Assert.Contains("376f79f253a0085a", Assert.Throws<InvalidDataException>(() => Verify(lines)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => Verify(lines, head: null, Other));
    }

    [Fact]
    public void Verify_OfALogWhoseKeyChanged_NeedsBoth()
    {
        var entries = Chain(2, keyedFrom: 1);
        var link = AuditHash.Seal(Entry(3), "till/eu", new AuditHead(2, entries[^1].Hash), Other);

        Assert.Null(Verify(Lines([.. entries, link]), head: null, Other, Key).Fault);
        Assert.Throws<InvalidDataException>(() => Verify(Lines([.. entries, link]), head: null, Other));
    }

    [Fact]
    public void Verify_OfALogThatGoesOnWithoutItsKey_SaysWhere()
    {
        var entries = Chain(3, keyedFrom: 2);
        var forged = AuditHash.Seal(Entry(4), "till/eu", new AuditHead(3, entries[^1].Hash), key: null);

        Assert.Null(Verify(Lines(entries), head: null, Key).Fault);
        AssertFault(Verify(Lines([.. entries, forged]), head: null, Key), 4, "altered");
    }

    [Fact]
    public void Verify_OfALogWithoutAnyKey_FailsWhereOneIsGiven()
    {
        var forged = Lines(Chain(3));

        Assert.Null(Verify(forged).Fault);
        AssertFault(Verify(forged, head: null, Key), 3, "altered");
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("""{"sender":"A","recipient":"B","type":"command","payload":{"task":"train"}}""")]
    public void Verify_OfAFileThatIsNoLog_Throws(string line) =>
        Assert.Throws<InvalidDataException>(() => Verify(line.Length == 0 ? [] : [line]));

    [Theory]
    [InlineData("nonsense")]
    [InlineData("""{"hash":1}""")]
    public void Verify_OfALineThatIsNoEntry_SaysWhere(string line)
    {
        var lines = Lines(Chain(3));
        lines[1] = line;

        AssertFault(Verify(lines), 2, "altered");
    }

    [Fact]
    public void Verify_OfAMemberThatIsThereTwice_SaysWhere()
    {
        var lines = Lines(Chain(2));
        lines[1] = lines[1].Replace("\"type\"", "\"type\":\"till.rob\",\"type\"", StringComparison.Ordinal);

        AssertFault(Verify(lines), 2, "altered");
    }

    /// <summary>The line with another character behind a text in it.</summary>
    private static string Alter(string line, string behind)
    {
        var at = line.IndexOf(behind, StringComparison.Ordinal) + behind.Length;
        return line[..at] + (line[at] == '1' ? '2' : '1') + line[(at + 1)..];
    }

    private static void AssertFault(AuditChain chain, long sequence, string kind)
    {
        Assert.NotNull(chain.Fault);
        Assert.Equal((sequence, kind), (chain.Fault.Sequence, chain.Fault.Kind));
    }
}
