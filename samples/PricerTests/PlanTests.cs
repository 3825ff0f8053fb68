using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Blackboard;
using OrleansAgents.Testing;

namespace OrleansAgents.Samples;

public sealed class PlanTests
{
    [Fact]
    public async Task Plan_ChangedByPrograms_KeepsItsVersions()
    {
        await using var cluster = await AgentTestCluster.StartAsync();
        var client = cluster.Client;

        var board = client.Blackboard("plan");
        await board.MergeAsync(JsonElement.Parse("""{"title":"Harvest","steps":["mow"]}"""));
        await board.PatchAsync([JsonPatchOperation.Add("/steps/-", JsonElement.Parse("\"bale\""))]);
        var plan = await board.ReadAsync();
        var before = await board.ReadAsync(version: plan.Version - 1);

        Assert.Equal("""{"steps":["mow","bale"],"title":"Harvest"}""", plan.Document.GetRawText());
        Assert.Equal("""{"steps":["mow"],"title":"Harvest"}""", before.Document.GetRawText());
    }

    [Fact]
    public async Task Counter_RaisedByManyAtOnce_LosesNone()
    {
        await using var cluster = await AgentTestCluster.StartAsync();
        var board = cluster.Client.Blackboard("tally");

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => RaiseAsync(board)));

        Assert.Equal(5, (await board.ReadAsync()).Document.GetProperty("count").GetInt32());
    }

    private static async Task RaiseAsync(BlackboardHandle board)
    {
        while (true)
        {
            var now = await board.ReadAsync();
            var count = now.Document.TryGetProperty("count", out var value) ? value.GetInt32() : 0;
            try
            {
                await board.MergeAsync(JsonSerializer.SerializeToElement(new { count = count + 1 }), expected: now.Version);
                return;
            }
            catch (BlackboardConflictException)
            {
                // Somebody else was first: what was read is not what the change is meant for.
            }
        }
    }

    [Fact]
    public async Task Watch_FromTheMiddle_SeesWhatFollows()
    {
        await using var cluster = await AgentTestCluster.StartAsync();
        var board = cluster.Client.Blackboard("plan");
        await board.MergeAsync(JsonElement.Parse("""{"title":"Harvest"}"""));
        List<string> seen = [];

        await foreach (var update in board.WatchAsync())
        {
            seen.Add($"{update.Version} {(update.Diff is null ? "as it is" : $"by {update.Diff.By}")}");
            if (update.Version == 2)
            {
                break;
            }

            await board.MergeAsync(JsonElement.Parse("""{"title":null}"""));
        }

        Assert.Equal(["1 as it is", "2 by client/test"], seen);
    }

    [Fact]
    public async Task Agents_ChangeAndFollowABoard()
    {
        await using var cluster = await AgentTestCluster.StartAsync(options => options.AddAgent<WorkerAgent>().AddAgent<OverseerAgent>());
        var overseer = cluster.Client.Agent("overseer/a");
        await overseer.TellAsync(new FollowPlan("plan"));
        await cluster.Client.Blackboard("plan").MergeAsync(JsonElement.Parse("""{"done":[]}"""));

        await cluster.Client.Agent("worker/a").TellAsync(new StepDone("mow"));
        await cluster.Client.Agent("worker/b").TellAsync(new StepDone("bale"));

        await cluster.IdleAsync();
        Assert.Equal(2, await overseer.AskAsync(new CountSteps()));
    }
}
