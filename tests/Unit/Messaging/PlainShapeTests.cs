using CsCheck;
using OrleansAgents.Messaging;
using OrleansAgents.Security;
using Xunit;

namespace OrleansAgents.Tests.Messaging;

public sealed class PlainShapeTests
{
    [Theory]
    [InlineData(typeof(PlainOrder), true)]
    [InlineData(typeof(WithLong), false)]
    [InlineData(typeof(WithDecimal), false)]
    [InlineData(typeof(WithMap), false)]
    [InlineData(typeof(WithAny), false)]
    public void Contract_OfARecord_IsPlainWhereItsJsonIsCanonicalAsItIs(Type record, bool isPlain) =>
        Assert.Equal(isPlain, Contract.Of(record).IsPlain);

    [Fact]
    public void Json_OfAPlainRecordWithoutEscapes_IsCanonical() =>
        (from sku in Gen.String
         from amount in Gen.Int
         from count in Gen.UInt.Array[0, 3]
         from kind in Gen.Enum<PlainKind>()
         from at in Gen.DateTimeOffset
         select new PlainOrder(sku.Contains('\0', StringComparison.Ordinal) ? null : sku, amount, count, kind, at, [new PlainLine(true, Guid.NewGuid())])).Sample(order =>
        {
            var json = Envelope.Create("client/a", "shop/a", order).PayloadJson.Span;
            Assert.True(json.Contains((byte)'\\') || CanonicalJson.IsCanonical(json), System.Text.Encoding.UTF8.GetString(json));
        });

    [Fact]
    public void Sign_ARecordWithEscapes_BringsItIntoCanonicalForm()
    {
        var message = Envelope.Create("client/a", "shop/a", new PlainOrder("\u007f\ud83d\ude80", 1, [], PlainKind.One, default, []));
        Assert.False(CanonicalJson.IsCanonical(message.PayloadJson.Span));
        Assert.True(CanonicalJson.IsCanonical(message.WithCanonicalPayload().PayloadJson.Span));
    }

    internal enum PlainKind
    {
        One,
        AnotherOne,
    }

    [Contract("test.plain")]
    internal sealed record PlainOrder(string? Sku, int Amount, uint[] Counts, PlainKind Kind, DateTimeOffset At, IReadOnlyList<PlainLine> Lines);

    internal sealed record PlainLine(bool Done, Guid Id);

    [Contract("test.long")]
    internal sealed record WithLong(long Amount);

    [Contract("test.decimal")]
    internal sealed record WithDecimal(decimal? Amount);

    [Contract("test.map")]
    internal sealed record WithMap(Dictionary<string, string> Map);

    [Contract("test.any")]
    internal sealed record WithAny(System.Text.Json.JsonElement Any);
}
