using OrleansAgents.Agents;
using OrleansAgents.Conversations;
using OrleansAgents.Messaging;
using OrleansAgents.Testing;
using OrleansAgents.Testing.Faults;
using OrleansAgents.Tests.Testing;

namespace OrleansAgents.Tests.Conversations;

/// <summary>Everything goes wrong by chance, seed after seed, and in the end what was handled is noted exactly once, and nothing else is.</summary>
public sealed class NoteFaultTests(TestStores stores) : IClassFixture<TestStores>
{
    private const int Seeds = 16, Talks = 12;
    private static readonly string[] Talkers = ["talker/0", "talker/1", "talker/listener"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestStores.Names), MemberType = typeof(TestStores))]
    public Task Notes_UnderRandomFaults_AreThoseOfWhatWasHandled(string store) => stores.OverSeedsAsync(store, Seeds, CheckAsync, Token);

    private static async Task CheckAsync(FaultPlan faults, IAgentStore store, CancellationToken token)
    {
        faults.Link().DropRequest(When.Chance(0.04)).DropReply(When.Chance(0.06)).Duplicate(When.Chance(0.05))
            .Delay(When.Chance(0.05), TimeSpan.FromMilliseconds(5)).Reorder(When.Chance(0.04));
        faults.Commits().FailBefore(When.Chance(0.05)).FailAfter(When.Chance(0.05));
        foreach (var kind in (string[])["talker/*", "topic/*", "conversation/*", "conversations/*"])
        {
            faults.Restart(kind, When.Chance(0.05));
        }

        await using var cluster = await AgentTestCluster.StartAsync(options =>
        {
            (options.Faults, options.Store) = (faults, store);
            options.AddAgent<TalkerAgent>().ConfigureAgents(agents =>
            {
                agents.Delivery.MaxRetries = 1000;
                agents.Delivery.FirstDelay = TimeSpan.FromMilliseconds(1);
                agents.Delivery.LongestDelay = TimeSpan.FromMilliseconds(20);
                agents.WakePeriod = TimeSpan.FromMilliseconds(20);
                agents.WakeAfter = TimeSpan.FromMilliseconds(300);
            });
        }, token);
        await SendAsync(cluster, "talker/listener", new Listen("rumours"), null, token);
        await Parallel.ForAsync(0, Talks, token, async (i, _) => await SendAsync(
            cluster, $"talker/{i % 2}", new Talk($"{i}", Tell: $"talker/{(i + 1) % 2}", Publish: i % 3 == 0 ? "rumours" : null), "story", token));
        // A talk and what it tells, and the rumours at their topic and their listener.
        const int All = Talks * 2 + Talks / 3 * 2;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(token);
        patience.CancelAfter(TimeSpan.FromSeconds(90));
        while (await KeptAsync(cluster, token) < All && !patience.IsCancellationRequested)
        {
        }

        faults.Pause();
        await cluster.IdleAsync(TimeSpan.FromSeconds(60), token);
        Assert.NotEmpty(faults.Injected);
        var notes = (await Reading.ReadAsync(cluster.Client, "story", token)).Select(n => n.Said).ToArray();
        Assert.True(notes.Length == All, $"{notes.Length} notes and not {All}, with {faults}");
        foreach (var talker in Talkers)
        {
            var heard = await cluster.Client.Agent(talker).AskAsync(new Overhear(), cancellationToken: token);
            var noted = notes.Where(n => n.Recipient == talker && n.Outcome == Outcome.Accepted).Select(n => n.Message);
            Assert.True(heard.Messages.Order().SequenceEqual(noted.Order()), $"{talker} handled other messages than are noted, with {faults}");
        }

        Assert.Single(await Reading.ListAsync(cluster.Client, token));
    }

    private static async Task<long> KeptAsync(AgentTestCluster cluster, CancellationToken token)
    {
        try
        {
            return (await cluster.Client.Agent("conversation/story").AskAsync(new ConversationRead(Limit: 1), cancellationToken: token)).Kept;
        }
        catch (AgentException)
        {
            // A query meets the faults too; it is asked again.
            return 0;
        }
    }

    /// <summary>Sends with one id until it is acknowledged, as a program does that must not lose it.</summary>
    private static async Task SendAsync<TMessage>(AgentTestCluster cluster, AgentId to, TMessage message, string? conversation, CancellationToken token)
        where TMessage : notnull
    {
        var envelope = Envelope.Create("client/test", to, message);
        var options = new SendOptions { ConversationId = conversation, Timeout = TimeSpan.FromSeconds(5) };
        while (true)
        {
            try
            {
                if ((await cluster.Client.SendAsync(envelope, options, token)).Refusal is null)
                {
                    return;
                }
            }
            catch (AgentTimeoutException)
            {
                // The outcome is unknown, which is what the id is for.
            }
        }
    }
}
