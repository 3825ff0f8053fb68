using Microsoft.Extensions.Time.Testing;
using OrleansAgents.Agents;
using OrleansAgents.Hosting;
using OrleansAgents.Messaging;
using OrleansAgents.Testing;
using OrleansAgents.Testing.Faults;

namespace OrleansAgents.Tests.Patterns;

/// <summary>Clusters with the agents that the patterns are tested with.</summary>
internal static class PatternCluster
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Task<AgentTestCluster> StartAsync(CancellationToken token, FaultPlan? faults = null, FakeTimeProvider? time = null, int retries = 1000, IAgentStore? store = null) =>
        AgentTestCluster.StartAsync(options =>
        {
            (options.Faults, options.Store) = (faults, store);
            options.Time = time;
            options.Patience = TimeSpan.FromSeconds(20);
            options.AddAgent<StarterAgent>().AddAgent<LedgerAgent>().AddAgent<ClerkAgent>().AddAgent<SpeakerAgent>().AddAgent<ChairAgent>().AddAgent<RecorderAgent>()
                .ConfigureAgents(agents =>
                {
                    agents.Delivery.MaxRetries = retries;
                    agents.Delivery.FirstDelay = TimeSpan.FromMilliseconds(1);
                    agents.Delivery.LongestDelay = TimeSpan.FromMilliseconds(20);
                    agents.WakePeriod = TimeSpan.FromMilliseconds(20);
                    agents.WakeAfter = TimeSpan.FromMilliseconds(200);
                });
        }, token);

    /// <summary>Everything that may go wrong on the way and at the store, a little of each.</summary>
    public static void AddBadWeather(this FaultPlan faults)
    {
        faults.Link().DropRequest(When.Chance(0.04)).DropReply(When.Chance(0.04)).Duplicate(When.Chance(0.08))
            .Delay(When.Chance(0.05), TimeSpan.FromMilliseconds(5));
        faults.Commits().FailBefore(When.Chance(0.03)).FailAfter(When.Chance(0.03));
    }

    /// <summary>Tells with one id until it is acknowledged, as a program does that must not lose it.</summary>
    public static async Task TellAsync<TMessage>(AgentTestCluster cluster, AgentId to, TMessage message, CancellationToken token)
        where TMessage : notnull
    {
        var envelope = Envelope.Create("client/test", to, message);
        while (true)
        {
            try
            {
                if ((await cluster.Client.SendAsync(envelope, new SendOptions { Timeout = TimeSpan.FromSeconds(5) }, token)).Refusal is null)
                {
                    return;
                }
            }
            catch (AgentTimeoutException)
            {
                // The outcome is unknown, which is what the id is for.
            }

            token.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Waits while the controlled clock goes on: an agent that stands still may be about to note what was acknowledged.</summary>
    public static async Task<TResult> AdvanceAsync<TResult>(AgentTestCluster cluster, Task<TResult> task)
    {
        await cluster.AdvanceUntilAsync(task);
        return await task;
    }

    /// <summary>Reads until what is read is enough.</summary>
    public static async Task<TReply> ReadAsync<TReply>(
        AgentTestCluster cluster, AgentId agent, IRequest<TReply> query, Func<TReply, bool> isEnough, CancellationToken token)
        where TReply : class
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(token);
        patience.CancelAfter(Patience);
        TReply? last = null;
        while (!patience.IsCancellationRequested)
        {
            try
            {
                last = await cluster.Client.Agent(agent).AskAsync(query, cancellationToken: patience.Token);
                if (isEnough(last))
                {
                    return last;
                }
            }
            catch (Exception e) when (e is AgentException or OperationCanceledException)
            {
                // A query meets the faults too, and what it reads may not be there yet.
                token.ThrowIfCancellationRequested();
            }
        }

        throw new TimeoutException($"{agent} did not come so far within {Patience.TotalSeconds} s; the last reading was {last}.");
    }
}
