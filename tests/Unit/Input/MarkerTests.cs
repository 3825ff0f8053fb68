using System.Text;
using OrleansAgents.Agents;
using OrleansAgents.Formats;
using OrleansAgents.Messaging;
using OrleansAgents.Output;
using OrleansAgents.Security;
using OrleansAgents.Sending;
using OrleansAgents.Tests.Messaging;
using OrleansAgents.Tests.Security;
using Xunit;

namespace OrleansAgents.Tests.Input;

/// <summary>Payloads and headers are marked, and nothing that tells of a refusal may show the mark.</summary>
public sealed class MarkerTests
{
    private const string Mark = "Zx9secretQ";
    private static readonly string Name = $"\"{Mark}\"";

    /// <summary>Where a message has what only its two ends should read. Addresses, types and key ids are not among it.</summary>
    public static TheoryData<string> Marked =>
    [
        .. new[] { "payload", "headers", "signature", "encryption", "unknown", "conversationId", "tracestate", "traceparent", "expiresAt", "sentAt", "version" }
            .SelectMany(member => new[] { Name, $"[{Name}]", $"{{{Name}:1}}", $"{{{Name}:{{{Name}:{Name}}}}}", $"{{{Name}:{Name},{Name}:{Name}}}", $"\"{Mark}{new string('x', 2000)}\"", $"{{{Name}:\"{new string('x', 2000)}\"}}", $"{{{Name}:", $"{{{Name}:{Mark}}}" }
                .Select(value => EnvelopeText.With(member, value))),
    ];

    [Theory, MemberData(nameof(Marked))]
    public void Refusal_OfAMarkedMessage_DoesNotShowTheMark(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var (envelope, problems) = EnvelopeJson.Read(bytes, new());
        using var output = new StringWriter();
        var report = new SendReport(new CommandOutput(output, output, json: true));
        if (envelope is null)
        {
            report.Add(1, id: null, Outcome.Refused, ReceiptJson.Of(problems!));
            report.Add(1, id: null, Outcome.Refused, Refusal.Of(problems!));
            output.Write(Record.Exception(() => StoredMessages.Read(bytes, catalogue: null))?.Message);
        }
        else
        {
            using var cipher = Ciphers.Of(Ciphers.Group("prices", "pricer/*", Ciphers.Key("k1", 1)));
            report.Add(1, envelope.Id, Outcome.Refused, cipher.TryOpen(envelope, out _, out var fault) ? cipher.Check(envelope.To("pricer/eu")) : fault);
            report.Add(1, envelope.Id, Outcome.Refused, Gate.AdmitRecipient(envelope, "echo/other"));
        }

        CheckUnmarked(output.ToString());
    }

    [Theory]
    [InlineData("[#]")]
    [InlineData("{#:1}")]
    [InlineData("{#:1,#:2}")]
    [InlineData("{\"count\":#}")]
    [InlineData("{\"count\":1,\"name\":#,\"sku\":#,\"price\":#,\"way\":#,\"lines\":[#,{#:1},{\"count\":#}],\"payer\":{#:#},\"tags\":{#:#}}")]
    [InlineData("{\"tags\":{#:\"x\",\"b\":#,\"c\":[#]},\"way\":[{#:#}],\"lines\":{#:#}}")]
    [InlineData("{\"count\":1,\"name\":\"ab\",\"sku\":\"A1\",\"price\":1.5,\"way\":\"byRoad\",\"lines\":[{\"count\":1}],\"payer\":\"me\",\"tags\":{#:#}}")]
    [InlineData("{\"sku\":\"A1\",\"lines\":[{\"count\":1,#:#}],#:1}")]
    [InlineData("{\"shape\":{\"$type\":#,#:1}}")]
    [InlineData("{\"shape\":{\"$type\":\"circle\",\"radius\":#,#:1}}")]
    [InlineData("{\"first\":{\"count\":1,\"next\":{#:1e400,\"count\":1e400}}}")]
    [InlineData("{#:{\"b\":[1,{#:1e400}]}}")]
    [InlineData("{#:#")]
    public void Refusal_OfAMarkedPayload_DoesNotShowTheMark(string template)
    {
        var payload = Encoding.UTF8.GetBytes(template.Replace("#", Name, StringComparison.Ordinal));
        var told = new StringBuilder();
        foreach (var type in (Type[])[typeof(SchemaContracts.Order), typeof(SchemaContracts.Own), typeof(SchemaContracts.Drawing), typeof(SchemaContracts.Chain), typeof(SchemaContracts.Plain)])
        {
            var contract = Contract.Of(type);
            var message = Envelope.CreateJson("echo/s", "echo/r", contract.Name, payload, contract.Version);
            told.AppendJoin('\n', PayloadProblems.Find(message, contract)).AppendLine();
            if (Record.Exception(() => PayloadCheck.For(contract)?.Demand(message)) is { } error)
            {
                told.AppendLine(error.Message).AppendJoin('\n', Assert.IsType<AgentRefusedException>(error).Refusal.Problems ?? []);
            }

            if (Record.Exception(message.WithCanonicalPayload) is { } unsignable)
            {
                var refusal = Assert.IsType<CanonicalJsonException>(unsignable).ToRefusal(message);
                told.AppendLine(refusal.ToString()).AppendJoin('\n', refusal.Problems!);
            }
        }

        CheckUnmarked(told.ToString());
    }

    [Fact]
    public void Refusal_OfUnknownMembers_ShowsTheirPlaces()
    {
        var own = Contract.Of<SchemaContracts.Own>();
        var message = Envelope.CreateJson("echo/s", "echo/r", own.Name, Encoding.UTF8.GetBytes($$"""{"sku":"A1","lines":[{"count":1}],{{Name}}:1}"""), own.Version);
        var refused = Assert.Throws<AgentRefusedException>(() => PayloadCheck.For(own)!.Demand(message));
        Assert.Equal("/payload/#3", Assert.Single(refused.Refusal.Problems!).Pointer);

        var unsignable = Envelope.CreateJson("echo/s", "echo/r", Contract.Of<SchemaContracts.Chain>().Name, Encoding.UTF8.GetBytes($$"""{"b":1,{{Name}}:[0,1e400]}"""));
        var fault = Assert.Throws<CanonicalJsonException>(unsignable.WithCanonicalPayload);
        Assert.Equal("/payload/#2/1", Assert.Single(fault.ToRefusal(unsignable).Problems!).Pointer);
    }

    [Fact]
    public void Receipt_OfAnExceptionOnTheWay_ShowsItsSimpleNameOnly()
    {
        var refusal = ReceiptText.NoAnswer(new InvalidOperationException($"{Mark}\n   at Some.Method()"));
        CheckUnmarked(refusal.Message);
        Assert.Contains("(InvalidOperationException)", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refusal_OfNothingButProblems_IsNoLargerThanItMustBe()
    {
        var many = $"{{{string.Join(',', Enumerable.Range(0, 20_000).Select(i => $"\"{i}\":1"))}}}";
        Assert.Equal(Problem.Most, EnvelopeText.Problems(EnvelopeText.With("headers", many)).Length);
        var order = Contract.Of<SchemaContracts.Order>();
        var items = Encoding.UTF8.GetBytes($"{{\"lines\":[{string.Join(',', Enumerable.Repeat("1", 50_000))}]}}");
        Assert.Equal(Problem.Most, PayloadProblems.Find(Envelope.CreateJson("echo/s", "echo/r", order.Name, items), order).Count);
    }

    private static void CheckUnmarked(string told)
    {
        Assert.NotEmpty(told);
        Assert.DoesNotContain(Mark, told, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", told, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", told, StringComparison.Ordinal);
        Assert.DoesNotContain("Newtonsoft", told, StringComparison.Ordinal);
    }
}
