using OrleansAgents.Messaging;
using Xunit;

namespace OrleansAgents.Tests.Messaging;

public sealed class ContractTests
{
    [Contract("test.told")]
    private sealed record Told(string Text);

    [Contract("test.asked", 3)]
    private sealed record Asked(int Number) : IRequest<string>;

    [Contract("test.queried")]
    private sealed record Queried : IQuery<int[]>;

    [Contract("Test.Upper")]
    private sealed record BadName;

    [Contract("test.zero", 0)]
    private sealed record BadVersion;

    [Contract("test.told")]
    private sealed record AlsoTold;

    private sealed record NoContract;

    [Theory]
    [InlineData("a")]
    [InlineData("quote.request")]
    [InlineData("a1.b-2.c_3")]
    public void IsName_OfLowerCaseSegments_IsTrue(string name) => Assert.True(Contract.IsName(name));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a.")]
    [InlineData(".a")]
    [InlineData("a..b")]
    [InlineData("A")]
    [InlineData("aB")]
    [InlineData("1a")]
    [InlineData("a.1")]
    [InlineData("-a")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("ä")]
    [InlineData("a\n")]
    public void IsName_OfAnythingElse_IsFalse(string name)
    {
        Assert.False(Contract.IsName(name));
        Assert.Throws<FormatException>(() => Contract.Untyped(name));
    }

    [Fact]
    public void IsName_AtTheLimit_TakesTheLongestAndNoMore()
    {
        Assert.True(Contract.IsName(new string('a', Contract.MaxNameLength)));
        Assert.False(Contract.IsName(new string('a', Contract.MaxNameLength + 1)));
    }

    [Fact]
    public void Of_OneType_IsOneInstance()
    {
        var found = new Contract[64];
        Parallel.For(0, found.Length, i => found[i] = i % 2 == 0 ? Contract.Of<Told>() : Contract.Of(typeof(Told)));

        Assert.All(found, contract => Assert.Same(found[0], contract));
        Assert.Equal("test.told v1", found[0].ToString());
        Assert.Equal(typeof(Told), found[0].MessageType);
    }

    [Fact]
    public void Of_ARequestAndAQuery_KnowsTheReply()
    {
        Assert.Equal((typeof(string), false, 3), (Contract.Of<Asked>().ReplyType, Contract.Of<Asked>().IsQuery, Contract.Of<Asked>().Version));
        Assert.Equal((typeof(int[]), true), (Contract.Of<Queried>().ReplyType, Contract.Of<Queried>().IsQuery));
        Assert.Equal((null, false), (Contract.Of<Told>().ReplyType, Contract.Of<Told>().IsQuery));
    }

    [Fact]
    public void Of_AFaultyType_Throws()
    {
        Assert.Contains("[Contract(", Assert.Throws<InvalidOperationException>(Contract.Of<NoContract>).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(Contract.Of<BadName>);
        Assert.Throws<InvalidOperationException>(Contract.Of<BadVersion>);
        Assert.Throws<InvalidOperationException>(() => Contract.Of(typeof(BadVersion)));
        Assert.Throws<FormatException>(() => Contract.Untyped("a", 0));
    }

    [Fact]
    public void Catalogue_TwoRecordsOfOneContract_Throws()
    {
        var catalogue = new ContractCatalogue();
        Assert.Same(Contract.Of<Told>(), catalogue.Add(typeof(Told)));
        Assert.Same(Contract.Of<Told>(), catalogue.Add(typeof(Told)));

        var error = Assert.Throws<InvalidOperationException>(() => catalogue.Add(typeof(AlsoTold)));

        Assert.Contains("test.told v1", error.Message, StringComparison.Ordinal);
        Assert.Same(Contract.Of<Told>(), catalogue.Resolve("test.told", 1));
    }

    [Fact]
    public void Catalogue_AnUnknownContract_IsUntyped()
    {
        var catalogue = new ContractCatalogue();
        catalogue.Add(typeof(Told));

        Assert.Null(catalogue.Resolve("test.told", 2).MessageType);
        Assert.Null(catalogue.Resolve("test.other", 1).MessageType);
    }
}
