using System.Buffers;
using System.Text;
using OrleansAgents.Messaging;
using Xunit;

namespace OrleansAgents.Tests.Golden;

public sealed class MessageGoldenTests
{
    private const string Lines = "messages.jsonl", Frames = "frames.txt";

    public static TheoryData<string> CommitsWithLines => [.. GoldenFiles.CommitsWith(Lines)];

    public static TheoryData<string> CommitsWithFrames => [.. GoldenFiles.CommitsWith(Frames)];

    [Theory]
    [MemberData(nameof(CommitsWithLines))]
    public void Lines_OfAnEarlierCommit_AreReadAndWrittenAsTheyWere(string commit)
    {
        var lines = File.ReadAllLines(GoldenFiles.PathOf(commit, Lines));
        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.Equal(line, Encoding.UTF8.GetString(EnvelopeJson.ToBytes(Read(line)))));
        Assert.Contains(lines, line => Read(line).Extras is { Hops.Count: 2, Headers.Count: 2, TraceParent: not null, SentAt: not null, CausationId: not null });
    }

    [Theory]
    [MemberData(nameof(CommitsWithFrames))]
    public void Frames_OfAnEarlierCommit_HoldTheMessagesOfItsLines(string commit)
    {
        var frames = ReadFrames(commit);
        var lines = File.ReadAllLines(GoldenFiles.PathOf(commit, Lines));
        Assert.Equal(lines, frames.Select(f => Encoding.UTF8.GetString(EnvelopeJson.ToBytes(EnvelopeBinary.Read(f, new ContractCatalogue())))));
    }

    [Fact]
    public void Frame_OfToday_HasAGoldenFile()
    {
        var output = new ArrayBufferWriter<byte>();
        EnvelopeBinary.Write(Read(File.ReadLines(GoldenFiles.PathOf(GoldenFiles.CommitsWith(Lines)[^1], Lines)).First()), output);
        Assert.Contains(output.WrittenSpan[0], GoldenFiles.CommitsWith(Frames).SelectMany(ReadFrames).Select(f => f[0]));
    }

    private static byte[][] ReadFrames(string commit) => [.. File.ReadAllLines(GoldenFiles.PathOf(commit, Frames)).Select(Convert.FromBase64String)];

    private static Envelope Read(string line)
    {
        var (envelope, problems) = EnvelopeJson.Read(Encoding.UTF8.GetBytes(line), new MessageLimits());
        Assert.Null(problems);
        return envelope!;
    }
}
