using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Blackboard;
using OrleansAgents.Messaging;
using OrleansAgents.Testing;
using OrleansAgents.Testing.Faults;
using OrleansAgents.Topics;
using OrleansAgents.Tests.Testing;

namespace OrleansAgents.Tests.Blackboard;

/// <summary>Writers race, and everything goes wrong by chance; in the end each change is there once, and the topic tells exactly of these.</summary>
public sealed class BlackboardFaultTests(TestStores stores) : IClassFixture<TestStores>
{
    private const int Seeds = 12, Writers = 3, Changes = 5;

    // Each writer appends by patch and notes by merge patch.
    private const int Versions = Writers * Changes * 2;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestStores.Names), MemberType = typeof(TestStores))]
    public Task Changes_UnderRandomFaults_AreThereOnceAndToldInOrder(string store) => stores.OverSeedsAsync(store, Seeds, CheckAsync, Token);

    private static async Task CheckAsync(FaultPlan faults, IAgentStore store, CancellationToken token)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(token);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        faults.Link().DropRequest(When.Chance(0.03)).DropReply(When.Chance(0.05)).Duplicate(When.Chance(0.05))
            .Delay(When.Chance(0.05), TimeSpan.FromMilliseconds(3)).Reorder(When.Chance(0.03));
        faults.Commits().FailBefore(When.Chance(0.03)).FailAfter(When.Chance(0.03));
        faults.Restart("blackboard/*", When.Chance(0.03)).Restart("topic/*", When.Chance(0.03));
        await using var cluster = await AgentTestCluster.StartAsync(options =>
        {
            (options.Faults, options.Store) = (faults, store);
            options.ConfigureAgents(agents =>
            {
                agents.Delivery.MaxRetries = 1000;
                agents.Delivery.FirstDelay = TimeSpan.FromMilliseconds(1);
                agents.Delivery.LongestDelay = TimeSpan.FromMilliseconds(20);
                agents.WakePeriod = TimeSpan.FromMilliseconds(20);
                agents.WakeAfter = TimeSpan.FromMilliseconds(300);
            });
        }, token);
        var board = cluster.Client.Blackboard("race");
        try
        {
            var watched = await StartWatchAsync(board, patience.Token);
            await Parallel.ForAsync(0, Writers, patience.Token, async (writer, cancel) => await WriteAsync(board, writer, cancel));
            var replayed = await ReplayAsync(cluster.Client.Topic("blackboard/race"), patience.Token);
            var updates = await watched;
            faults.Pause();
            await CheckAsync(board, replayed, patience.Token);
            Assert.Equal(replayed.Select(r => r.Document.GetRawText()), updates.SkipWhile(u => u.Version == 0).Select(u => u.Document.GetRawText()));
        }
        catch (Exception e) when (!token.IsCancellationRequested)
        {
            throw new InvalidOperationException($"{e.Message} With {faults}", e);
        }

        // A run in which nothing went wrong proves nothing.
        Assert.NotEmpty(faults.Injected);
    }

    private static async Task CheckAsync(BlackboardHandle board, IReadOnlyList<BlackboardContent> replayed, CancellationToken token)
    {
        var now = await board.ReadAsync(cancellationToken: token);
        Assert.Equal((Versions, now.Document.GetRawText()), ((int)now.Version, replayed[^1].Document.GetRawText()));
        var names = Enumerable.Range(0, Writers).SelectMany(w => Enumerable.Range(0, Changes).Select(c => $"{w}-{c}")).ToArray();
        Assert.Equal(names, now.Document.GetProperty("log").EnumerateArray().Select(e => e.GetString()).Order(StringComparer.Ordinal));
        Assert.Equal(names, now.Document.GetProperty("seen").EnumerateObject().Select(m => m.Name));
        // From the current document backwards it is the same as from the beginning on.
        foreach (var (version, document) in replayed)
        {
            Assert.Equal(document.GetRawText(), (await board.ReadAsync(version, token)).Document.GetRawText());
        }

        var late = await board.WatchAsync(token).FirstAsync(token);
        Assert.Equal((now.Version, now.Document.GetRawText()), (late.Version, late.Document.GetRawText()));
    }

    /// <summary>Answers once the watch has begun, with what it has seen in the end.</summary>
    private static async Task<Task<List<BlackboardUpdate>>> StartWatchAsync(BlackboardHandle board, CancellationToken token)
    {
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var watch = Task.Run(WatchAsync, token);
        await Task.WhenAny(began.Task, watch);
        return watch;

        async Task<List<BlackboardUpdate>> WatchAsync()
        {
            while (true)
            {
                try
                {
                    List<BlackboardUpdate> seen = [];
                    await foreach (var update in board.WatchAsync(token))
                    {
                        seen.Add(update);
                        began.TrySetResult();
                        if (update.Version == Versions)
                        {
                            return seen;
                        }
                    }
                }
                catch (AgentException) when (!began.Task.IsCompleted)
                {
                    // Its first question met the faults; nothing was watched yet.
                }
            }
        }
    }

    private static async Task WriteAsync(BlackboardHandle board, int writer, CancellationToken token)
    {
        for (var change = 0; change < Changes; change++)
        {
            var name = $"{writer}-{change}";
            await AppendAsync(board, name, token);
            await RepeatAsync(options => board.MergeAsync(JsonElement.Parse($$$"""{"seen":{"{{{name}}}":true}}"""), options: options, cancellationToken: token), token);
        }
    }

    private static async Task AppendAsync(BlackboardHandle board, string name, CancellationToken token)
    {
        while (true)
        {
            var now = await RepeatAsync(_ => board.ReadAsync(cancellationToken: token), token);
            try
            {
                IReadOnlyList<JsonPatchOperation> patch = now.Document.TryGetProperty("log", out _)
                    ? [JsonPatchOperation.Add("/log/-", JsonElement.Parse($"\"{name}\""))]
                    : [JsonPatchOperation.Add("/log", JsonElement.Parse($"[\"{name}\"]"))];
                await RepeatAsync(options => board.PatchAsync(patch, now.Version, options, token), token);
                return;
            }
            catch (BlackboardConflictException e)
            {
                Assert.True(e.Version > now.Version);
            }
        }
    }

    /// <summary>Sends with one id until there is an answer, as a program does that must not lose it.</summary>
    private static async Task<T> RepeatAsync<T>(Func<SendOptions, ValueTask<T>> send, CancellationToken token)
    {
        var options = new SendOptions { Id = MessageId.New(), Timeout = TimeSpan.FromSeconds(5) };
        while (true)
        {
            try
            {
                return await send(options);
            }
            catch (AgentException e) when (e is not BlackboardConflictException)
            {
                token.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>The document after each event of the topic, which must be the next change each.</summary>
    private static async Task<IReadOnlyList<BlackboardContent>> ReplayAsync(TopicHandle topic, CancellationToken token)
    {
        var view = new BlackboardView();
        List<BlackboardContent> documents = [];
        await foreach (var published in topic.ReadAsync(TopicStart.Beginning, token))
        {
            var diff = JsonSerializer.Deserialize<BlackboardDiff>(published.Envelope.PayloadJson.Span, PayloadJson.Options)!;
            Assert.Equal((view.Version, view.Version + 1), (diff.Base, diff.Version));
            Assert.Equal(BlackboardStep.Applied, view.Apply(diff));
            documents.Add(new BlackboardContent(view.Version, view.Document));
            if (view.Version == Versions)
            {
                break;
            }
        }

        return documents;
    }
}
