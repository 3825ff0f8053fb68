using System.Buffers;
using System.Diagnostics;
using OrleansAgents.Messaging;
using Xunit;
using static OrleansAgents.Tests.Messaging.EnvelopeText;

namespace OrleansAgents.Tests.Messaging;

public sealed class EnvelopeBinaryTests
{
    /// <summary>What earlier versions wrote and this one must read. A change of it is a new format.</summary>
    private const string FormatOne =
        "AcSykAE+egCAirwBI0VniasAIBZQz9ziCAIAAAADAAAAYS5iBAAAAGVjaG8BAAAAcwQAAABlY2hvAQAAAHIUAAAAeyJ4IjpbMSx7" +
        "InkiOm51bGx9XX0BJAAAADAxOTBiMmM0LTdhM2UtODAwMC04YWJjLTAxMjM0NTY3ODlhZAIkAAAAMDE5MGIyYzQtN2EzZS04MDAw" +
        "LThhYmMtMDEyMzQ1Njc4OWFjAwQAAAB0YWxrBCEAAAAyMDI2LTAxLTMxVDExOjAwOjAwLjUwMDAwMDArMDA6MDAGCQAAADAwLTEt" +
        "Mi0wMQcDAAAAdj0xBQYAAABlY2hvL2EFBgAAAGVjaG8vYggBAAAAYgkBAAAAMggDAAAAYS9+CQEAAAAxCgoAAABlY2hvL2ZpcnN0" +
        "CgsAAABlY2hvL3NlY29uZAA=";

    [Contract("test.binary", 7)]
    private sealed record Sample(string Text);

    [Fact]
    public void Write_ThenRead_GivesEveryFieldBack()
    {
        var envelope = Complete();

        Assert.Equal(Describe(envelope), Describe(RoundTrip(envelope)));
        Assert.Contains("echo/first → echo/second → end/end", RoundTrip(envelope).Extras!.Chain!.Refuse("end/end").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_ThenRead_OfARecord_FindsItsContract()
    {
        var catalogue = new ContractCatalogue();
        catalogue.Add(typeof(Sample));
        var envelope = Envelope.Create("echo/s", "echo/r", new Sample("ä😀"));

        var read = EnvelopeBinary.Read(Bytes(envelope), catalogue);

        Assert.Same(Contract.Of<Sample>(), read.Contract);
        Assert.Equal(new Sample("ä😀"), read.ReadPayload(read.Contract));
        Assert.Null(read.Extras);
        Assert.Null(read.ExpiresAt);
    }

    [Fact]
    public void Write_OfAFullMessage_KeepsTheBytesOfFormatOne()
    {
        Assert.Equal(FormatOne, Convert.ToBase64String(Bytes(Complete())));
        Assert.Equal(Describe(Complete()), Describe(EnvelopeBinary.Read(Convert.FromBase64String(FormatOne), new ContractCatalogue())));
    }

    [Fact]
    public void Write_OfATrace_BecomesATraceParent()
    {
        using var span = new Activity("test") { ActivityTraceFlags = ActivityTraceFlags.Recorded, TraceStateString = "v=1" };
        span.SetParentId(ActivityTraceId.CreateFromString(new string('a', 32)), ActivitySpanId.CreateFromString(new string('b', 16)), ActivityTraceFlags.Recorded).Start();
        var envelope = Complete().With(null);
        envelope.StampSpan(span);
        var read = RoundTrip(envelope);

        Assert.Equal($"00-{new string('a', 32)}-{span.SpanId}-01", read.Extras!.TraceParent);
        Assert.Equal("v=1", read.Extras.TraceState);
    }

    [Fact]
    public void Read_OfABroadcastWithoutRecipient_KeepsTheDefault()
    {
        var envelope = Complete().To(default);

        Assert.True(RoundTrip(envelope).Recipient.IsDefault);
    }

    [Fact]
    public void Read_OfTruncatedBytes_Throws()
    {
        var bytes = Bytes(Complete());
        for (var length = 0; length < bytes.Length; length++)
        {
            var part = bytes[..length];
            Assert.ThrowsAny<Exception>(() => EnvelopeBinary.Read(part, new ContractCatalogue()));
        }
    }

    [Fact]
    public void Read_OfFlippedBytes_NeverHangs()
    {
        var bytes = Bytes(Complete());
        for (var i = 0; i < bytes.Length; i++)
        {
            var flipped = (byte[])bytes.Clone();
            flipped[i] ^= 0xff;
            _ = Record.Exception(() => EnvelopeBinary.Read(flipped, new ContractCatalogue()));
        }
    }

    [Fact]
    public void Read_OfALaterFormat_SaysSo() =>
        Assert.Throws<InvalidDataException>(() => EnvelopeBinary.Read([2, .. Bytes(Complete())[1..]], new ContractCatalogue()));

    [Fact]
    public void Read_OfALaterField_IgnoresIt()
    {
        var envelope = Complete();
        byte[] bytes = [.. Bytes(envelope)[..^1], 99, 2, 0, 0, 0, (byte)'x', (byte)'y', 0, 1, 2, 3];

        Assert.Equal(Describe(envelope), Describe(EnvelopeBinary.Read(bytes, new ContractCatalogue())));
    }

    private static Envelope Complete()
    {
        var (envelope, _) = Read(Full);
        return envelope!.With(envelope.Extras! with { Chain = new CallChain("echo/second", new CallChain("echo/first", null)) });
    }

    private static Envelope RoundTrip(Envelope envelope) => EnvelopeBinary.Read(Bytes(envelope), new ContractCatalogue());

    private static byte[] Bytes(Envelope envelope)
    {
        var output = new ArrayBufferWriter<byte>();
        EnvelopeBinary.Write(envelope, output);
        return output.WrittenSpan.ToArray();
    }
}
