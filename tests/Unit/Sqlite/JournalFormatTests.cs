using OrleansAgents.Agents;
using OrleansAgents.Formats;
using OrleansAgents.Messaging;
using OrleansAgents.Sqlite;
using OrleansAgents.Topics;
using Xunit;
using static OrleansAgents.Tests.Storage.TestCommits;

namespace OrleansAgents.Tests.Sqlite;

public sealed class JournalFormatTests
{
    // Written by the first version. It never changes: files in use hold such entries.
    private const string Version1 =
        "011F01000000000000004D00000000000000050000000000000000C07CC2D7C4E20880B077C5D7C4E208090000000000000006707269636572026575"
        + "020000000000000080800000000000000100C07CC2D7C4E20805226F6B220000000000000080800000000000000200C07CC2D7C4E208000100000000"
        + "00000080800000000000000301A90000000000000000000080800000000000000200C07CC2D7C4E208001ADFC4D7C4E208047B226964223A22303030"
        + "30303030302D303030302D383030302D383030302D303030303030303030303032222C227061796C6F6164223A7B2261223A317D2C22726563697069"
        + "656E74223A226563686F2F62222C2273656E646572223A227072696365722F6575222C2274797065223A22746573742E73656E74222C227665727369"
        + "6F6E223A337D01096F72646572732F6575AC027B226E223A317D";

    private static readonly MessageId Id1 = new(new Guid("00000000-0000-8000-8000-000000000001"));
    private static readonly MessageId Id2 = new(new Guid("00000000-0000-8000-8000-000000000002"));
    private static readonly MessageId Id3 = new(new Guid("00000000-0000-8000-8000-000000000003"));

    [Fact]
    public void Read_OfAnEntryOfVersion1_GivesWhatWasWritten()
    {
        var body = Convert.FromHexString(Version1);

        var header = JournalHeader.Read(body);
        var handled = new List<HandledMessage>();
        Assert.True(JournalEntry.ReadHandled(body, header, DateTimeOffset.MinValue, 10, handled));
        var changes = JournalEntry.ReadChanges(body, header);
        var outgoing = StoredMessages.ReadOutgoing(Assert.Single(JournalEntry.ReadOutgoing(body, header)).Bytes, catalogue: null);

        Assert.Equal(
            new JournalHeader(
                1, 77, 5, Start.UtcTicks, Start.AddSeconds(5).UtcTicks, 9,
                JournalParts.Name | JournalParts.Outgoing | JournalParts.Acknowledged | JournalParts.Positions | JournalParts.State),
            header);
        Assert.Equal(Pricer, JournalEntry.ReadName(body));
        Assert.Equal([(Id2, null), (Id1, "\"ok\"")], handled.Select(h => (h.Id, Text(h.Reply))));
        Assert.Equal([Id3], changes.Acknowledged);
        Assert.Equal([Id2], changes.Sent);
        Assert.Equal([new TopicPosition("orders/eu", 300)], changes.Positions);
        Assert.Equal("""{"n":1}""", Text(changes.State));
        Assert.Equal((Start, Start.AddSeconds(4), 4), (outgoing.Since, outgoing.DueAt, outgoing.Attempts));
        Assert.Equal(("test.sent", 3, """{"a":1}"""), (outgoing.Envelope.Type, outgoing.Envelope.Version, Text(outgoing.Envelope.PayloadJson)));
    }

    [Fact]
    public void Write_OfTheSameCommit_GivesTheSameBytes()
    {
        var body = new BodyBuffer();
        var commit = new AgentCommit
        {
            Etag = 0,
            State = Json("""{"n":1}"""),
            Handled = [Handled(Id1, Start, "\"ok\""), Handled(Id2, Start)],
            Acknowledged = [Id3],
            Outgoing = [Outgoing(Message("""{"a":1}""").WithId(Id2), attempts: 4)],
            Positions = [new TopicPosition("orders/eu", 300)],
            Events = [Event(8), Event(9)],
            WakeAt = Start.AddSeconds(5),
        };

        var (header, _) = JournalEncoder.Write(Pricer, commit, Start, body);
        (header with { Previous = 77, Handled = 5 }).Write(body.Written);

        Assert.Equal(Version1, Convert.ToHexString(body.Written));
    }

    [Fact]
    public void Read_OfAnEntryOfANewerVersion_SaysSo() =>
        Assert.Contains("format 2", Assert.Throws<InvalidDataException>(() => JournalHeader.Read([2, .. new byte[60]])).Message, StringComparison.Ordinal);
}
