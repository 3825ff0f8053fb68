using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using Xunit;

namespace OrleansAgents.Tests.Messaging;

public sealed class GateTests
{
    private const long Now = 1000;

    private static readonly MessageLimits Limits = new() { PayloadBytes = 20, Headers = 2, HeaderBytes = 8, Hops = 2 };
    private static readonly HandlerTable Handlers = Table<Listener>();

    [Contract("test.gate", 2)]
    public sealed record Known(string Text);

    [Agent("listener")]
    public sealed class Listener : IHandle<Known>
    {
        public ValueTask HandleAsync(Known message, AgentContext context, CancellationToken cancellationToken) => default;
    }

    [Agent("anything")]
    public sealed class Anything : IHandleAny
    {
        public ValueTask<byte[]?> HandleAnyAsync(Envelope message, AgentContext context, CancellationToken cancellationToken) => default;
    }

    [Fact]
    public void Admit_OfAHandledContract_FindsTheHandler()
    {
        Assert.Null(Gate.Admit(Envelope.Create("echo/s", "echo/r", new Known("a")), Limits, Handlers, Now, out var typed));
        Assert.Null(Gate.Admit(Json("test.gate", 2), Limits, Handlers, Now, out var untyped));
        Assert.NotNull(typed);
        Assert.Same(typed, untyped);
    }

    [Theory]
    [InlineData("test.gate", 1, RefusalCodes.UnknownVersion)]
    [InlineData("test.gate", 3, RefusalCodes.UnknownVersion)]
    [InlineData("test.other", 2, RefusalCodes.UnknownContract)]
    public void Admit_OfAnUnhandledContract_Refuses(string type, int version, string code)
    {
        Assert.Equal(code, Refused(Json(type, version)));
        Assert.Null(Gate.Admit(Json(type, version), Limits, Table<Anything>(), Now, out var any));
        Assert.NotNull(any);
    }

    [Theory]
    [InlineData(Now - 1, RefusalCodes.Expired)]
    [InlineData(Now, RefusalCodes.Expired)]
    [InlineData(Now + 1, null)]
    public void Admit_AtTheDeadline_RefusesAsExpired(long deadline, string? code) =>
        Assert.Equal(code, Refused(Json().WithExpiry(new DateTimeOffset(deadline, TimeSpan.Zero))));

    [Theory]
    [InlineData("echo/r", null)]
    [InlineData("echo/other", RefusalCodes.WrongRecipient)]
    [InlineData("other/r", RefusalCodes.WrongRecipient)]
    public void AdmitRecipient_OfAMessageForAnother_Refuses(string self, string? code) =>
        Assert.Equal(code, Gate.AdmitRecipient(Json(), self)?.Code);

    [Fact]
    public void Admit_OfARecordLargerThanThePayloadLimit_DoesNotMeasureIt() =>
        Assert.Null(Gate.Admit(Envelope.Create("echo/s", "echo/r", new Known(new string('x', 100))), Limits, Handlers, Now, out _));

    [Fact]
    public void Admit_OfALargePayload_Refuses()
    {
        Assert.Null(Refused(Json(payload: "{}".PadRight(20))));
        Assert.Equal(RefusalCodes.TooLarge, Refused(Json(payload: "{}".PadRight(21))));
    }

    [Fact]
    public void Admit_OfTooManyHops_Refuses()
    {
        Assert.Null(Refused(Json().With(new EnvelopeExtras { Hops = ["a/a", "a/b"] })));
        Assert.Equal(RefusalCodes.TooManyHops, Refused(Json().With(new EnvelopeExtras { Hops = ["a/a", "a/b", "a/c"] })));
    }

    [Theory]
    [InlineData(1, "1234567", null)]
    [InlineData(1, "12345678", RefusalCodes.TooLarge)]
    [InlineData(1, "ääää", RefusalCodes.TooLarge)]
    [InlineData(2, "", null)]
    [InlineData(3, "", RefusalCodes.TooLarge)]
    public void Admit_OfHeaders_KeepsTheLimits(int count, string value, string? code)
    {
        var headers = Enumerable.Range(0, count).ToDictionary(i => $"{i}", _ => value, StringComparer.Ordinal);

        Assert.Equal(code, Refused(Json().With(new EnvelopeExtras { Headers = headers })));
    }

    private static Envelope Json(string type = "test.gate", int version = 2, string payload = "{}") =>
        Envelope.CreateJson("echo/s", "echo/r", type, System.Text.Encoding.UTF8.GetBytes(payload), version);

    private static string? Refused(Envelope envelope) => Gate.Admit(envelope, Limits, Handlers, Now, out _)?.Code;

    private static HandlerTable Table<TAgent>() => new(typeof(TAgent), HandlerTable.FindAttribute(typeof(TAgent)));
}
