using System.Text;
using OrleansAgents.Agents;
using OrleansAgents.Audit;
using OrleansAgents.Contracts;
using OrleansAgents.Messaging;
using OrleansAgents.Output;
using OrleansAgents.Security;
using OrleansAgents.Sending;
using OrleansAgents.Topics;
using OrleansAgents.Tests.Audit;
using Xunit;
using static OrleansAgents.Tests.Input.MessageTargets;

namespace OrleansAgents.Tests.Input;

/// <summary>What reads addresses, files and lines, and what it promises of any bytes. Each public method is one.</summary>
internal static class TextTargets
{
    private const int LineLimit = 4096;

    public static void Addresses(byte[] bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        if (AgentId.TryParse(text, "echo", out var id, out var fault))
        {
            Assert.Equal(id, AgentId.Parse(id.ToString()));
            CheckPlain(id.ToString().Replace("\ufe0f", "", StringComparison.Ordinal));
        }

        CheckFault(fault);
        Assert.Equal(TopicId.TryParse(text, out var topic, out fault), fault is null);
        Assert.True(fault is not null || topic.Agent.Key == text);
        CheckFault(fault);
        Assert.Equal(TopicPattern.TryParse(text, out var topics, out fault), fault is null);
        Assert.True(fault is not null || topics.ToString() == text);
        CheckFault(fault);
        Assert.Equal(AddressPattern.TryParse(text, out var addresses, out fault), fault is null);
        Assert.True(fault is not null || addresses.ToString() == text);
        CheckFault(fault);
        Assert.True(!MessageId.TryParse(text, out var message) || string.Equals(text, message.ToString(), StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>However a pipe cuts them, the lines of a file are the same, and what is said of them stays on their line.</summary>
    public static void Lines(byte[] bytes)
    {
        var whole = ReadLines(new MemoryStream(bytes));
        Assert.Equal(whole, ReadLines(new Dripping(bytes)));
        using var output = new StringWriter();
        var report = new SendReport(new CommandOutput(output, output, json: true));
        foreach (var (number, text, _) in whole)
        {
            Assert.True(text is null || Encoding.Latin1.GetByteCount(text) <= LineLimit);
            var problems = EnvelopeJson.Read(Encoding.Latin1.GetBytes(text ?? ""), new(), defaultKind: null).Problems;
            report.Add(number, id: null, Outcome.Refused, ReceiptJson.Of(problems ?? [new Problem("", RefusalCodes.TooLarge, "")]));
        }

        Assert.All(output.ToString().Split(Environment.NewLine), CheckPlain);
    }

    public static void AuditFile(byte[] bytes)
    {
        var chain = new AuditChain([TestLog.Key]);
        try
        {
            foreach (var (_, text, _) in ReadLines(new MemoryStream(bytes)))
            {
                chain.Add(Encoding.Latin1.GetBytes(text ?? ""));
            }

            chain.End();
        }
        catch (InvalidDataException)
        {
            return;
        }

        Assert.True(chain.Fault is not null || chain.Entries > 0);
        using var output = new StringWriter();
        AuditText.Write(new CommandOutput(output, output, json: false), chain);
        Assert.All(output.ToString().Split(Environment.NewLine), CheckPlain);
    }

    public static void ContractFile(byte[] bytes)
    {
        if (Try<FormatException, IReadOnlyList<ContractEntry>>(() => ContractList.Read(bytes)) is { } entries)
        {
            Assert.DoesNotContain(ContractComparison.Compare(entries, entries), c => c.IsBreaking);
            Assert.Equal(entries.Select(e => e.Name), ContractList.Unpack(ContractList.Pack(entries)).Select(e => e.Name));
        }
    }

    private static void CheckFault(string? fault)
    {
        CheckPlain(fault ?? "");
        Assert.InRange(fault?.Length ?? 0, 0, 700);
    }

    private static List<(long Number, string? Text, long Length)> ReadLines(Stream input)
    {
        using var stream = input;
        var reader = new LineReader(stream, LineLimit);
        var lines = new List<(long, string?, long)>();
        while (true)
        {
            var next = reader.ReadAsync(CancellationToken.None);
            Assert.True(next.IsCompleted);
            if (next.Result is not { } line)
            {
                return lines;
            }

            lines.Add((line.Number, line.Bytes is { } bytes ? Encoding.Latin1.GetString(bytes) : null, line.Length));
        }
    }

    /// <summary>A stream that gives a byte at a time.</summary>
    private sealed class Dripping(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(1, buffer.Length)], cancellationToken);
    }
}
