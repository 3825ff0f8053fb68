using System.Buffers;
using System.Text;
using OrleansAgents.Agents;
using OrleansAgents.DeadLetters;
using OrleansAgents.Messaging;

namespace OrleansAgents.Tests.Golden;

/// <summary>The messages that golden files hold, and the files of them alone.</summary>
internal static class Messages
{
    /// <summary>The moment at which all is written.</summary>
    public static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static MessageId Id(int number) => new(new Guid($"00000000-0000-8000-8000-{number:D12}"));

    public static ReadOnlyMemory<byte> Json(string text) => Encoding.UTF8.GetBytes(text);

    public static Envelope Plain(int id, string recipient = "echo/b", string payload = """{"amount":2,"note":"größer ✓"}""") =>
        Envelope.CreateJson("pricer/eu", recipient, "test.sent", Json(payload), 3).WithId(Id(id));

    /// <summary>A message that has every field.</summary>
    public static Envelope Full(int id) => Plain(id).WithExpiry(Now.AddHours(1)).With(new EnvelopeExtras
    {
        CorrelationId = Id(901),
        CausationId = Id(902),
        ConversationId = "talk 7",
        SentAt = Now.AddSeconds(-1),
        Hops = ["relay/a", "relay/b"],
        TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        TraceState = "vendor=1",
        Headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["tenant"] = "blue", ["x"] = "ä" },
    });

    public static Envelope Letter(int id) => Envelope.Create("counter/a", "dead-letters/3", new DeadLetter(
        Id(77).Value, "test.sent", "pricer/eu", "echo/gone", "pricer/eu", "no-host", "No silo hosts the kind 'echo' now.", 4,
        Now.AddMinutes(-50), Now, Encoding.UTF8.GetString(EnvelopeJson.ToBytes(Plain(77, "echo/gone"))))).WithId(Id(id));

    public static void WriteLines(string path) =>
        File.WriteAllLines(path, new[] { Plain(1), Full(2), Letter(3) }.Select(m => Encoding.UTF8.GetString(EnvelopeJson.ToBytes(m))));

    public static void WriteFrames(string path) => File.WriteAllLines(path, new[] { Plain(1), Full(2), Letter(3) }.Select(message =>
    {
        var output = new ArrayBufferWriter<byte>();
        EnvelopeBinary.Write(message, output);
        return Convert.ToBase64String(output.WrittenSpan);
    }));
}
