using System.Text;
using OrleansAgents.Audit;
using OrleansAgents.Messaging;
using OrleansAgents.Tests.Architecture;
using Xunit;
using static OrleansAgents.Tests.Audit.TestLog;

namespace OrleansAgents.Tests.Audit;

public sealed class AuditHashTests
{
    [Fact]
    public void Seal_OfTheWorkedExample_GivesItsHashes()
    {
        var first = AuditHash.Seal(Entry(1), "till/eu", before: null, key: null);
        var second = AuditHash.Seal(
            Entry(2, "client/ä\"b\\", "till.rob", 3, Outcome.Refused, RefusalCodes.UnknownContract) with { At = Start.AddSeconds(1.25) },
            "till/eu", new AuditHead(1, first.Hash), key: null);
        var third = AuditHash.Seal(
            new AuditEntry { At = Start.AddSeconds(2), Outcome = Outcome.Refused, Count = 17 }, "till/eu", new AuditHead(2, second.Hash), Key);

        Assert.Equal([First, Second, Third], Lines([first, second, third]));
    }

    [Fact]
    public void Document_OfTheWireFormat_HoldsTheWorkedExample()
    {
        var document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "wire-format.md"));

        Assert.All([First, Second, Third], line => Assert.Contains(line, document, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(First)]
    [InlineData(Second)]
    [InlineData(Third)]
    public void Read_OfWhatWasWritten_GivesItBack(string line) =>
        Assert.Equal(line, Assert.Single(Lines([AuditJson.Read(Encoding.UTF8.GetBytes(line))])));

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("nonsense")]
    [InlineData("""{"sequence":"1"}""")]
    public void Read_OfWhatIsNoEntry_Throws(string line) =>
        Assert.Throws<InvalidDataException>(() => AuditJson.Read(Encoding.UTF8.GetBytes(line)));

    [Fact]
    public void Text_WithControlCharacters_IsEscapedAsTheCanonicalFormHasIt() =>
        Assert.Contains(
            """
            "code":"\b\t\n\f\r\u0001/é"
            """.Trim(),
            Assert.Single(Lines([Entry(1) with { Code = "\b\t\n\f\r\u0001/é" }])), StringComparison.Ordinal);
}
