using OrleansAgents.Agents;
using OrleansAgents.Directory;
using Xunit;

namespace OrleansAgents.Tests.Directory;

public sealed class RegistrationIndexTests
{
    private readonly RegistrationIndex _index = new();

    [Fact]
    public void Find_ByCapability_GivesAgentsByKindAndKey()
    {
        Put("pricer/us", ["quote"]);
        Put("pricer/eu", ["price", "quote"], ["eu"], "Prices.");
        Put("clerk/z", ["quote"]);
        Put("clerk/a", ["other"]);
        var page = Find(new("quote"));
        Assert.Equal(["clerk/z", "pricer/eu", "pricer/us"], page.Agents.Select(a => a.Agent));
        Assert.Equal((3, false), (page.Total, page.More));
        var eu = page.Agents[1];
        Assert.Equal(("pricer", "Prices."), (eu.Kind, eu.Description));
        Assert.Equal(["price", "quote"], eu.Capabilities);
        Assert.Equal(["eu"], eu.Tags);
        Assert.Empty(Find(new("unheard")).Agents);
    }

    [Fact]
    public void Find_WithTags_GivesThoseThatHaveAll()
    {
        Put("a/1", ["quote"], ["eu", "fast"]);
        Put("a/2", ["quote"], ["eu"]);
        Put("a/3", ["quote"]);
        Assert.Equal(["a/1", "a/2"], Names(Find(new("quote", ["eu"]))));
        Assert.Equal(["a/1"], Names(Find(new("quote", ["fast", "eu"]))));
        Assert.Equal(3, Find(new("quote", [])).Total);
    }

    [Fact]
    public void Find_OfAKind_LeavesOthersOut()
    {
        Put("a/1", ["quote"]);
        Put("b/1", ["quote"]);
        Assert.Equal(["b/1"], Names(Find(new("quote", Kind: "b"))));
        Assert.Equal(1, Find(new("quote", Kind: "b")).Total);
    }

    [Fact]
    public void Find_WhereNoSiloHostsTheKind_LeavesItOutAndDoesNotCountIt()
    {
        Put("a/1", ["quote"]);
        Put("b/1", ["quote"]);
        var page = _index.Find(new("quote"), kind => kind == "a");
        Assert.Equal(["a/1"], Names(page));
        Assert.Equal(1, page.Total);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void Find_PageBehindPage_GivesEachAgentOnce(int limit)
    {
        string[] all = ["a/1", "a/3", "a/5", "a-b/1", "b/1", "b/2"];
        foreach (var agent in all.Reverse())
        {
            Put(agent, ["quote"]);
        }

        var found = new List<string>();
        DirectoryPage page;
        do
        {
            page = Find(new("quote", Limit: limit, After: found.Count == 0 ? null : found[^1]));
            Assert.Equal(6, page.Total);
            found.AddRange(Names(page));
        }
        while (page.More);
        Assert.Equal(all, found);
        Assert.Empty(Find(new("quote", After: "b/2")).Agents);
        // The one that a page ended with may be gone when the next is asked for.
        Assert.Equal(["a/3", "a/5"], Names(Find(new("quote", Kind: "a", After: "a/2"))));
    }

    [Fact]
    public void Put_Again_TakesThePlaceOfTheOneBefore()
    {
        Put("a/1", ["quote", "price"]);
        Put("a/1", ["price"], ["eu"]);
        Assert.Empty(Find(new("quote")).Agents);
        Assert.Equal(["eu"], Assert.Single(Find(new("price")).Agents).Tags);
        Assert.Equal((1, 1), (_index.Count, _index.TraitCount));
    }

    [Fact]
    public void Remove_OfTheLast_LeavesNothing()
    {
        Put("a/1", ["quote"]);
        _index.Remove(DirectoryAddress.EntryOf("a/2"));
        Assert.Equal(1, _index.Count);
        _index.Remove(DirectoryAddress.EntryOf("a/1"));
        Assert.Equal((0, 0), (_index.Count, _index.TraitCount));
        Assert.Empty(Find(new("quote")).Agents);
    }

    [Fact]
    public void Put_OfManyAlike_KeepsTheirNamesOnce()
    {
        for (var i = 0; i < 1000; i++)
        {
            Put($"a/{i}", [new string(['q', 'u']), "price"], [i % 2 == 0 ? "eu" : "us"]);
        }

        Assert.Equal((1000, 2), (_index.Count, _index.TraitCount));
        var page = Find(new("price", ["eu"], Limit: 2));
        Assert.Same(page.Agents[0].Capabilities, page.Agents[1].Capabilities);
        Assert.Equal((500, true), (page.Total, page.More));
    }

    /// <summary>Beside a list that is gone through for each search, also where more sets of tags match than are merged.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(200)]
    public void Find_AfterAnyChanges_GivesWhatGoingThroughAllGives(int regions)
    {
        var random = new Random(regions);
        var all = new Dictionary<AgentId, Registration>();
        for (var i = 0; i < 3000; i++)
        {
            var agent = new AgentId($"kind-{random.Next(3)}", $"{random.Next(700)}");
            if (random.Next(3) == 0)
            {
                all.Remove(agent);
                _index.Remove(DirectoryAddress.EntryOf(agent));
                continue;
            }

            string[] tags = random.Next(4) == 0 ? [] : [$"region-{random.Next(regions)}", random.Next(2) == 0 ? "fast" : "slow"];
            all[agent] = new Registration(random.Next(2) == 0 ? ["quote"] : ["quote", "price"], tags);
            Put(agent, [.. all[agent].Capabilities], tags);
        }

        for (var i = 0; i < 200; i++)
        {
            string[] tags = [.. ((string[])["fast", $"region-{random.Next(regions)}"]).Take(random.Next(3))];
            var query = new DirectoryFind(
                random.Next(2) == 0 ? "quote" : "price", tags, random.Next(2) == 0 ? $"kind-{random.Next(4)}" : null, random.Next(1, 60),
                random.Next(2) == 0 ? $"kind-{random.Next(4)}/{random.Next(700)}" : null);
            AgentId[] matching =
            [
                .. all.Where(a => a.Value.Capabilities.Contains(query.Capability) && tags.All(a.Value.Tags!.Contains) && (query.Kind ?? a.Key.Kind) == a.Key.Kind)
                    .Select(a => a.Key)
                    .OrderBy(a => a.Kind, StringComparer.Ordinal).ThenBy(a => a.Key, StringComparer.Ordinal),
            ];
            string[] behind = [.. matching.SkipWhile(a => query.After is { } after && DirectoryAddress.Compare(a, after) <= 0).Select(a => a.ToString())];
            var page = Find(query);
            Assert.Equal(behind.Take(query.Limit), Names(page));
            Assert.Equal((matching.Length, behind.Length > query.Limit), (page.Total, page.More));
        }

        foreach (var agent in all.Keys)
        {
            _index.Remove(DirectoryAddress.EntryOf(agent));
        }

        Assert.Equal((0, 0), (_index.Count, _index.TraitCount));
        Assert.Equal(0, Find(new("quote")).Total);
    }

    private static IEnumerable<string> Names(DirectoryPage page) => page.Agents.Select(a => a.Agent);

    private DirectoryPage Find(DirectoryFind query) => _index.Find(query, _ => true);

    private void Put(AgentId agent, string[] capabilities, string[]? tags = null, string? description = null) =>
        _index.Put(DirectoryAddress.EntryOf(agent), agent, new Registration(capabilities, tags, description));
}
