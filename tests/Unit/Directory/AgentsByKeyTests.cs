using CsCheck;
using OrleansAgents.Directory;
using Xunit;

namespace OrleansAgents.Tests.Directory;

public sealed class AgentsByKeyTests
{
    private static readonly Traits Any = new("a", ["quote"], []);

    [Theory]
    [InlineData(1)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(5000)]
    public void Behind_OfAnyNumberPutInAnyOrder_GivesThemInOrder(int count)
    {
        string[] keys = [.. Enumerable.Range(0, count).Select(i => $"{i:00000}")];
        foreach (var order in (IEnumerable<string>[])[keys, keys.Reverse(), keys.Shuffle()])
        {
            var agents = new AgentsByKey();
            foreach (var key in order)
            {
                agents.Add(Agent(key));
                agents.Add(Agent(key));
            }

            Assert.Equal(count, agents.Count);
            Assert.Equal(keys, Keys(agents, null));
            Assert.Equal(keys[(count / 2)..], Keys(agents, count / 2 == 0 ? null : keys[(count / 2) - 1]));
            Assert.Empty(Keys(agents, keys[^1]));
            foreach (var key in order)
            {
                agents.Remove(key);
                agents.Remove(key);
            }

            Assert.Empty(Keys(agents, null));
            Assert.Equal(0, agents.Count);
        }
    }

    [Fact]
    public void AgentsByKey_AfterAnyChanges_AreThoseOfASortedSet() =>
        Gen.Int[-400, 399].Array[0, 2000].Sample(
            changes =>
            {
                var (agents, sorted) = (new AgentsByKey(), new SortedSet<string>(StringComparer.Ordinal));
                foreach (var change in changes)
                {
                    var key = $"{(change < 0 ? ~change : change):000}";
                    if (change < 0)
                    {
                        agents.Remove(key);
                        sorted.Remove(key);
                    }
                    else
                    {
                        agents.Add(Agent(key));
                        sorted.Add(key);
                    }
                }

                Assert.Equal(sorted, Keys(agents, null));
                Assert.Equal(sorted.Count, agents.Count);
                Assert.Equal(sorted.Where(key => string.CompareOrdinal(key, "200") > 0), Keys(agents, "200"));
            },
            time: 1);

    private static Registered Agent(string key) => new(key, Any, description: null);

    private static IEnumerable<string> Keys(AgentsByKey agents, string? behind) => agents.Behind(behind).Select(agent => agent.Key);
}
