using OrleansAgents.Agents;
using OrleansAgents.Directory;
using Xunit;

namespace OrleansAgents.Tests.Directory;

public sealed class DirectoryAddressTests
{
    // Reckoned by another program: were they others, every stored registration would be looked for in the wrong place.
    [Theory]
    [InlineData("pricer/eu", "directory/7", "fd5fae8f-fd75-8192-aa8c-c6a997cfc6c2")]
    [InlineData("echo/a", "directory/11", "f1fcb552-89ad-885e-8299-f59a9ba490fd")]
    [InlineData("worker/12345", "directory/30", "ee0dcde4-438a-8e77-a39c-b0697a6a809a")]
    [InlineData("p/ä漢😀", "directory/27", "17f800c6-6a42-8e18-97cd-db2366c2eb50")]
    public void For_AnAgent_IsTheSameForEver(string agent, string shard, string entry)
    {
        Assert.Equal(shard, DirectoryAddress.For(agent).ToString());
        Assert.Equal(entry, DirectoryAddress.EntryOf(agent).ToString());
    }

    [Fact]
    public void For_TheLongestAddress_HasRoom() => Assert.Contains(
        DirectoryAddress.For(new AgentId(new string('a', AgentId.MaxKindLength), new string('漢', AgentId.MaxKeyLength))), DirectoryAddress.All);

    [Fact]
    public void For_ManyAgents_SpreadsThemOverAllShards()
    {
        var counts = Enumerable.Range(0, 64_000).CountBy(i => DirectoryAddress.For(new AgentId("worker", $"{i}"))).ToArray();
        Assert.Equal(DirectoryAddress.Shards, counts.Length);
        Assert.All(counts, count => Assert.InRange(count.Value, 800, 1200));
    }

    [Fact]
    public void Compare_OfAddresses_GoesByKindAndThenByKey() => Assert.Equal(
        ["a/b", "a/c", "a-b/a"], new AgentId[] { "a-b/a", "a/c", "a/b" }.Order(Comparer<AgentId>.Create(DirectoryAddress.Compare)).Select(a => a.ToString()));
}
