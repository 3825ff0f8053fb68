using OrleansAgents.Agents;
using Xunit;

namespace OrleansAgents.Tests.Agents;

public sealed class ActiveTableTests
{
    private readonly ActiveTable _table = new();

    [Fact]
    public void List_OfAll_GoesByKindAndKey()
    {
        Add("b/1", "a-b/1", "a/2", "a/10");
        var (page, total) = _table.List(kind: null, prefix: null, after: null, limit: 10);
        Assert.Equal(["a/10", "a/2", "a-b/1", "b/1"], page.Select(a => a.ToString()));
        Assert.Equal(4, total);
        Assert.Equal([("a", 2), ("a-b", 1), ("b", 1)], _table.Count());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public void List_PageBehindPage_GivesEachAgentOnce(int limit)
    {
        string[] all = [.. Enumerable.Range(0, 50).Select(i => $"a/{i:00}"), .. Enumerable.Range(0, 7).Select(i => $"b/{i}")];
        Add([.. all.Reverse()]);
        var found = new List<AgentId>();
        while (true)
        {
            var (page, total) = _table.List(null, null, found.Count == 0 ? default(AgentId?) : found[^1], limit);
            Assert.Equal(57, total);
            Assert.InRange(page.Count, 0, limit);
            if (page.Count == 0)
            {
                break;
            }

            found.AddRange(page);
        }

        Assert.Equal(all, found.Select(a => a.ToString()));
    }

    [Fact]
    public void List_OfAKindAndAPrefix_LeavesOthersOut()
    {
        Add("a/eu-1", "a/eu-2", "a/us-1", "b/eu-1");
        var (page, total) = _table.List("a", "eu-", after: null, limit: 1);
        Assert.Equal("a/eu-1", Assert.Single(page).ToString());
        Assert.Equal(2, total);
        Assert.Equal(0, _table.List("unheard", null, null, 10).Total);
    }

    [Fact]
    public void Remove_OfAnActivationThatAnotherFollowed_LeavesThatOne()
    {
        var (first, second) = (new Nobody(), new Nobody());
        _table.Add("a/1", first);
        _table.Add("a/1", second);
        _table.Remove("a/1", first);
        Assert.Equal([("a", 1)], _table.Count());
        _table.Remove("a/1", second);
        Assert.Empty(_table.Count());
    }

    private void Add(params string[] agents)
    {
        foreach (var agent in agents)
        {
            _table.Add(agent, new Nobody());
        }
    }

    private sealed class Nobody : Agent;
}
