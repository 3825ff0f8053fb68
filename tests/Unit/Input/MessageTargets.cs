using System.Buffers;
using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Audit;
using OrleansAgents.Formats;
using OrleansAgents.Messaging;
using OrleansAgents.Tests.Messaging;
using Xunit;

namespace OrleansAgents.Tests.Input;

/// <summary>What reads messages, and what they promise of any bytes. Each public method is one.</summary>
internal static class MessageTargets
{
    private static readonly MessageLimits Limits = new();
    private static readonly ContractCatalogue Catalogue = new();
    private static readonly HandlerTable Handlers = new(typeof(GateTests.Listener), HandlerTable.FindAttribute(typeof(GateTests.Listener)));
    private static readonly Type[] Records =
        [typeof(SchemaContracts.Order), typeof(SchemaContracts.Chain), typeof(SchemaContracts.Drawing), typeof(SchemaContracts.Own), typeof(SchemaContracts.Plain)];

    private static readonly HashSet<string> Codes =
        [.. typeof(RefusalCodes).GetFields().Where(f => f.IsLiteral).Select(f => (string)f.GetRawConstantValue()!)];

    public static void EnvelopeRead(byte[] bytes)
    {
        foreach (var kind in (string?[])[null, "default"])
        {
            var (envelope, problems) = EnvelopeJson.Read(bytes, Limits, defaultKind: kind);
            if (envelope is null)
            {
                Assert.InRange(problems!.Count, 1, Problem.Most);
                Assert.All(problems, CheckProblem);
                continue;
            }

            Assert.Null(problems);
            Assert.Equal(EnvelopeText.Describe(envelope), EnvelopeText.Describe(Reread(envelope)));
            Assert.Equal(EnvelopeJson.ToBytes(envelope), EnvelopeJson.ToBytes(EnvelopeBinary.Read(Frame(envelope), Catalogue)));
        }
    }

    /// <summary>A frame is read from trusted processes only; a broken one must still end in one known way.</summary>
    public static void FrameRead(byte[] bytes)
    {
        if (Try<InvalidDataException, Envelope>(() => EnvelopeBinary.Read(bytes, Catalogue)) is { } envelope)
        {
            _ = envelope.ExpiresAt;
            _ = envelope.ToString();
            Assert.Equal(Frame(envelope), Frame(EnvelopeBinary.Read(Frame(envelope), Catalogue)));
        }
    }

    public static void StoredRead(byte[] bytes)
    {
        if (Try<InvalidDataException, Envelope>(() => StoredMessages.Read(bytes, Catalogue)) is { } stored)
        {
            Assert.Equal(EnvelopeText.Describe(stored), EnvelopeText.Describe(StoredMessages.Read(EnvelopeJson.ToBytes(stored), Catalogue)));
        }

        _ = Try<InvalidDataException, OutgoingMessage>(() => StoredMessages.ReadOutgoing(bytes, Catalogue));
        if (Try<InvalidDataException, AuditEntry>(() => AuditJson.Read(bytes)) is { } entry)
        {
            Assert.Equal(AuditJson.ToBytes(entry), AuditJson.ToBytes(AuditJson.Read(AuditJson.ToBytes(entry))));
        }
    }

    public static void GateAdmit(byte[] bytes)
    {
        foreach (var envelope in Messages(bytes))
        {
            _ = Gate.AdmitRecipient(envelope, "echo/r");
            if (Gate.Admit(envelope, Limits, Handlers, 1, out var handler) is { } refusal)
            {
                Assert.Null(handler);
                CheckRefusal(refusal);
            }

            _ = envelope.IsPayloadObject();
        }
    }

    public static void PayloadRead(byte[] bytes)
    {
        foreach (var payload in Messages(bytes).Select(e => e.PayloadJson))
        {
            foreach (var contract in Records.Select(Contract.Of))
            {
                var message = Envelope.CreateJson("echo/s", "echo/r", contract.Name, payload, contract.Version);
                var problems = PayloadProblems.Find(message, contract);
                Assert.InRange(problems.Count, 0, Problem.Most);
                Assert.All(problems, CheckProblem);
                _ = Try<JsonException, object>(() => message.ReadPayload(contract));
                CheckDemand(message, contract);
            }
        }
    }

    private static void CheckDemand(Envelope message, Contract contract)
    {
        try
        {
            PayloadCheck.For(contract)?.Demand(message);
        }
        catch (AgentRefusedException e)
        {
            CheckRefusal(e.Refusal);
        }
    }

    /// <summary>The message that the bytes are, and one whose payload they are.</summary>
    internal static Envelope[] Messages(ReadOnlyMemory<byte> bytes)
    {
        var whole = EnvelopeJson.Read(bytes, Limits, defaultKind: "echo").Envelope;
        return [.. whole is null ? [] : (Envelope[])[whole], .. bytes.IsEmpty ? [] : (Envelope[])[Envelope.CreateJson("echo/s", "echo/r", "test.gate", bytes, 2)]];
    }

    internal static void CheckRefusal(Refusal refusal)
    {
        Assert.Contains(refusal.Code, Codes);
        CheckPlain(refusal.Message);
        Assert.All(refusal.Problems ?? [], CheckProblem);
    }

    /// <summary>Nothing that a terminal would obey, and no line that somebody else wrote.</summary>
    internal static void CheckPlain(string text) => Assert.Equal(PlainText.Show(text), text);

    internal static TResult? Try<TException, TResult>(Func<TResult> read)
        where TException : Exception
        where TResult : class
    {
        try
        {
            return read();
        }
        catch (TException)
        {
            return null;
        }
    }

    private static void CheckProblem(Problem problem)
    {
        Assert.Contains(problem.Code, Codes);
        CheckPlain(problem.Pointer);
        CheckPlain(problem.Message);
    }

    private static Envelope Reread(Envelope envelope) => EnvelopeJson.Read(EnvelopeJson.ToBytes(envelope), Limits).Envelope!;

    private static byte[] Frame(Envelope envelope)
    {
        var output = new ArrayBufferWriter<byte>();
        EnvelopeBinary.Write(envelope, output);
        return output.WrittenSpan.ToArray();
    }
}
