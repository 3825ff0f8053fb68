using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using Xunit;

namespace OrleansAgents.Tests.Messaging;

public sealed class UpcastsTests
{
    [Fact]
    public void Find_AChain_ReachesEveryOlderVersion()
    {
        var upcasts = Upcasts.Find([Contract.Of<Price3>()]);
        Assert.Equal([2, 1], upcasts.Select(u => u.From.Version));
        Assert.All(upcasts, u => Assert.Same(Contract.Of<Price3>(), u.To));
        Assert.Equal(new Price3("A1", "EUR", "list"), upcasts[1].Read(Envelope.Create("client/t", "pricer/a", new Price1("A1"))));
    }

    [Fact]
    public void Read_OfJson_ReadsTheOlderRecordFirst() => Assert.Equal(
        new Price3("A1", "USD", "list"),
        Upcasts.Find([Contract.Of<Price3>()])[0].Read(Envelope.CreateJson("client/t", "pricer/a", "test.price", """{"sku":"A1","currency":"USD"}"""u8.ToArray(), 2)));

    [Fact]
    public void Find_WhereAnOlderVersionIsHandled_LeavesItAndGoesByIt()
    {
        var upcast = Assert.Single(Upcasts.Find([Contract.Of<Price3>(), Contract.Of<Price2>()]));
        Assert.Equal((1, 2), (upcast.From.Version, upcast.To.Version));
    }

    [Fact]
    public void Find_TwoWays_TakesTheShorter()
    {
        var upcasts = Upcasts.Find([Contract.Of<Short3>()]);
        Assert.Equal(new Short3("direct"), upcasts.Single(u => u.From.Version == 1).Read(Envelope.Create("client/t", "pricer/a", new Short1())));
    }

    [Theory]
    [InlineData(typeof(OtherName), "different contracts")]
    [InlineData(typeof(Downwards), "is not lower than 1")]
    [InlineData(typeof(Same), "is not lower than 2")]
    [InlineData(typeof(NoQuery), "only one of them is a query")]
    [InlineData(typeof(NoReply), "asks for a reply and the newer one does not")]
    public void Find_AFaultyStep_SaysWhatIsWrong(Type contract, string fault) => Assert.Contains(
        fault, Assert.Throws<InvalidOperationException>(() => Upcasts.Find([Contract.Of(contract)])).Message, StringComparison.Ordinal);

    [Fact]
    public void HandlerTable_OfTheNewestVersion_ListsAllAndHasNoOther()
    {
        var table = new HandlerTable(typeof(PriceAgent), HandlerTable.FindAttribute(typeof(PriceAgent)));
        Assert.NotNull(table.Find(Contract.Untyped("test.price", 1)));
        Assert.NotNull(table.Find(Contract.Of<Price2>()));
        Assert.Equal(RefusalCodes.UnknownVersion, table.Refuse(Contract.Untyped("test.price", 4)).Code);
        Assert.Contains("1, 2, 3", table.Refuse(Contract.Untyped("test.price", 4)).Message, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3], HandlerTable.FindContracts(typeof(PriceAgent)).Select(c => c.Version).Order());
    }

    [Contract("test.price", 1)]
    internal sealed record Price1(string Sku) : IRequest<int>;

    [Contract("test.price", 2)]
    internal sealed record Price2(string Sku, string Currency) : IRequest<int>, IUpcastFrom<Price1, Price2>
    {
        public static Price2 Upcast(Price1 old) => new(old.Sku, "EUR");
    }

    [Contract("test.price", 3)]
    internal sealed record Price3(string Sku, string Currency, string List) : IRequest<int>, IUpcastFrom<Price2, Price3>
    {
        public static Price3 Upcast(Price2 old) => new(old.Sku, old.Currency, "list");
    }

    [Contract("test.short", 1)]
    internal sealed record Short1;

    [Contract("test.short", 2)]
    internal sealed record Short2(string Way) : IUpcastFrom<Short1, Short2>
    {
        public static Short2 Upcast(Short1 old) => new("by two");
    }

    [Contract("test.short", 3)]
    internal sealed record Short3(string Way) : IUpcastFrom<Short2, Short3>, IUpcastFrom<Short1, Short3>
    {
        public static Short3 Upcast(Short2 old) => new(old.Way);

        public static Short3 Upcast(Short1 old) => new("direct");
    }

    [Contract("test.other", 2)]
    internal sealed record OtherName : IUpcastFrom<Short1, OtherName>
    {
        public static OtherName Upcast(Short1 old) => new();
    }

    [Contract("test.short", 1)]
    internal sealed record Downwards : IUpcastFrom<Short2, Downwards>
    {
        public static Downwards Upcast(Short2 old) => new();
    }

    [Contract("test.short", 2)]
    internal sealed record Same : IUpcastFrom<Short2, Same>
    {
        public static Same Upcast(Short2 old) => new();
    }

    [Contract("test.read-price", 1)]
    internal sealed record ReadPrice : IQuery<int>;

    [Contract("test.read-price", 2)]
    internal sealed record NoQuery : IRequest<int>, IUpcastFrom<ReadPrice, NoQuery>
    {
        public static NoQuery Upcast(ReadPrice old) => new();
    }

    [Contract("test.price", 4)]
    internal sealed record NoReply : IUpcastFrom<Price1, NoReply>
    {
        public static NoReply Upcast(Price1 old) => new();
    }

    [Agent("price")]
    private sealed class PriceAgent : Agent, IHandle<Price3, int>
    {
        public ValueTask<int> HandleAsync(Price3 request, AgentContext context, CancellationToken cancellationToken) => new(1);
    }
}
