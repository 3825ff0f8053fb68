using OrleansAgents.Agents;
using OrleansAgents.Intelligence;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;
using OrleansAgents.Testing;
using OrleansAgents.Testing.Faults;
using OrleansAgents.Tests.Testing;

namespace OrleansAgents.Tests.Intelligence;

/// <summary>Crashes at every step of an answer: it is given once, and no tool of an agent is called twice.</summary>
public sealed class ChatCrashTests
{
    private const int Commits = 5, Seeds = 4, AtOnce = 3, Agents = 3;

    private const string Words = "call Weather {\"city\":\"Ulm\"}\ncall abacus__abacus_up {\"by\":1}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answer_WithACrashBeforeOrBehindAnyCommit_IsGivenOnceAndNoToolOfAnAgentTwice()
    {
        var faults = new FaultPlan(1);
        foreach (var commit in Enumerable.Range(1, Commits))
        {
            faults.Commits($"chatty/b{commit}").FailBefore(When.Number(commit));
            faults.Commits($"chatty/a{commit}").FailAfter(When.Number(commit));
            faults.Commits($"chatty/rb{commit}").FailBefore(When.Number(commit));
            faults.Commits($"chatty/ra{commit}").FailAfter(When.Number(commit));
        }

        var (cluster, model) = await ChatCluster.StartAsync(faults);
        await using var ends = cluster;
        using var ended = model;
        await Task.WhenAll(Enumerable.Range(1, Commits).SelectMany(n => new[] { $"a{n}", $"b{n}", $"ra{n}", $"rb{n}" }).Select(key => CheckAsync(cluster, key, times: 1, Token)));
        // The first three commits of an answer are always there; how many follow depends on what is written together.
        Assert.True(faults.Injected.Count >= 4 * (Commits - 2), $"{faults.Injected.Count}");
    }

    [Fact]
    public async Task Answers_UnderRandomFaults_AreGivenOnceAndTheMemoryIsWhole() => await Parallel.ForEachAsync(
        FaultSeeds.Take(Seeds),
        new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Token },
        async (seed, token) =>
        {
            var faults = new FaultPlan(seed);
            faults.Link().DropRequest(When.Chance(0.03)).DropReply(When.Chance(0.03)).Duplicate(When.Chance(0.06));
            faults.Commits("chatty/*").FailBefore(When.Chance(0.04)).FailAfter(When.Chance(0.04));
            faults.Restart("chatty/*", When.Chance(0.03)).Restart("abacus/*", When.Chance(0.05));
            var (cluster, model) = await ChatCluster.StartAsync(faults, silos: 2);
            await using var ends = cluster;
            using var ended = model;
            await Task.WhenAll(Enumerable.Range(0, Agents).SelectMany(n => new[] { $"s{n}-{seed}", $"r{n}-{seed}" }).Select(key => CheckAsync(cluster, key, times: 2, token)));
            // A run in which nothing went wrong proves nothing.
            Assert.NotEmpty(faults.Injected);
        });

    /// <summary>Says something so often, one after the other: asked, or as runs where the key begins with r.</summary>
    private static async Task CheckAsync(AgentTestCluster cluster, string key, int times, CancellationToken token)
    {
        var agent = new AgentId("chatty", key);
        for (var i = 1; i <= times; i++)
        {
            var text = key[0] == 'r' ? await RunAsync(cluster, agent, $"{key}-{i}-{Guid.NewGuid():N}", token) : await AskAsync(cluster, agent, token);
            Assert.Equal($"{OfflineChatClient.Greeting} The tools answered:", text[..(OfflineChatClient.Greeting.Length + 20)]);
        }

        cluster.Faults!.Pause();
        try
        {
            Assert.Equal(times, await ChatCluster.CountAsync(cluster, key));
            var page = await ChatCluster.ReadAsync(cluster, key);
            Assert.Equal(string.Join(' ', Enumerable.Repeat("user assistant tool tool assistant", times)), ChatCluster.Shape(page));
            // A method may be called again where the crash came before its result was stored: then under the same id.
            Assert.Equal(times, ChattyAgent.Calls[key].Select(c => c.Id).Distinct().Count());
        }
        finally
        {
            cluster.Faults.Resume();
        }
    }

    private static async Task<string> AskAsync(AgentTestCluster cluster, AgentId agent, CancellationToken token)
    {
        // One message, sent until it is known to be handled: a crash in the test cancels what waits, as a caller would.
        var message = Envelope.Create("client/test", agent, ChatSay.Of(Words));
        for (; ;)
        {
            try
            {
                var reply = await cluster.Client.SendAsync(message, cancellationToken: token);
                if (reply.Refusal is null)
                {
                    return reply.As<ChatSaid>()!.Text;
                }
            }
            catch (AgentTimeoutException)
            {
                // The outcome is unknown; the same message finds out.
            }
        }
    }

    private static async Task<string> RunAsync(AgentTestCluster cluster, AgentId agent, string id, CancellationToken token)
    {
        RunHandle? run = null;
        while (run is null)
        {
            try
            {
                run = await cluster.Client.StartAsync(agent, ChatSay.Of(Words), new RunStartOptions { Id = id }, token);
            }
            catch (AgentRefusedException e) when (e.Code == RunCodes.Exists)
            {
                run = cluster.Client.Run(id);
            }
            catch (AgentException e) when (e is not AgentRefusedException)
            {
                // Whether it was started is unknown; the same id finds out.
            }
        }

        var events = await run.FollowAsync(cancellationToken: token).ToListAsync(token);
        Assert.Equal(RunState.Completed, events[^1].State);
        var followed = "";
        foreach (var artifact in events.Select(e => e.Artifact).OfType<Artifact>())
        {
            followed = artifact.Append ? followed + artifact.Parts[0].Text : artifact.Parts[0].Text!;
        }

        for (; ;)
        {
            try
            {
                Assert.Equal((await run.ReadAsync(cancellationToken: token)).Artifacts.Single().Parts.Single().Text, followed);
                return followed;
            }
            catch (AgentException)
            {
                // It could not be reached.
            }
        }
    }
}
