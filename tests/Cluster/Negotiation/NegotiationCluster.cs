using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Negotiation;
using OrleansAgents.Testing;
using OrleansAgents.Testing.Faults;

namespace OrleansAgents.Tests.Negotiation;

/// <summary>A cluster with a buyer and sellers, and what a test asks of them.</summary>
internal static class NegotiationCluster
{
    public const string Buyer = "buyer/1";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Task<AgentTestCluster> StartAsync(CancellationToken token, FaultPlan? faults = null, IAgentStore? store = null) => AgentTestCluster.StartAsync(options =>
    {
        (options.Faults, options.Store) = (faults, store);
        options.AddAgent<BuyerAgent>().AddAgent<SellerAgent>().ConfigureAgents(agents =>
        {
            agents.Delivery.MaxRetries = 1000;
            agents.Delivery.FirstDelay = TimeSpan.FromMilliseconds(1);
            agents.Delivery.LongestDelay = TimeSpan.FromMilliseconds(20);
            agents.WakePeriod = TimeSpan.FromMilliseconds(20);
            agents.WakeAfter = TimeSpan.FromMilliseconds(200);
        });
    }, token);

    /// <summary>Tells with one id until it is acknowledged, as a program does that must not lose it.</summary>
    public static async Task TellAsync<TMessage>(this AgentTestCluster cluster, AgentId to, TMessage message, CancellationToken token)
        where TMessage : notnull
    {
        var envelope = Envelope.Create("client/test", to, message);
        while (true)
        {
            try
            {
                if ((await cluster.Client.SendAsync(envelope, new SendOptions { Timeout = TimeSpan.FromSeconds(5), ConversationId = "c1" }, token)).Refusal is null)
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

    /// <summary>Asks until an answer fits; queries meet the faults too.</summary>
    public static async Task<TReply> ReadAsync<TReply>(
        this AgentTestCluster cluster, AgentId of, IQuery<TReply> query, Func<TReply, bool> until, CancellationToken token)
    {
        var started = TimeProvider.System.GetTimestamp();
        object? last = null;
        while (TimeProvider.System.GetElapsedTime(started) < Patience)
        {
            try
            {
                var reply = await cluster.Client.Agent(of).AskAsync(query, cancellationToken: token);
                if (until(reply))
                {
                    return reply;
                }

                last = JsonSerializer.Serialize(reply, PayloadJson.Options);
            }
            catch (AgentException e)
            {
                last = e;
            }
        }

        throw new TimeoutException($"{of} did not come to what was waited for; the last was {last}");
    }

    public static Task<Purchases> ReadEndedAsync(this AgentTestCluster cluster, int count, CancellationToken token) =>
        cluster.ReadAsync(Buyer, new ReadPurchases(), purchases => purchases.Ended.Count >= count, token);

    public static async Task<NegotiationEnded> BuyAsync(this AgentTestCluster cluster, Buy buy, CancellationToken token)
    {
        await cluster.TellAsync(Buyer, buy, token);
        return Assert.Single((await cluster.ReadEndedAsync(1, token)).Ended);
    }

    public static Task<NegotiationRecord> ReadRecordAsync(this AgentTestCluster cluster, string negotiation, CancellationToken token) =>
        cluster.ReadAsync(negotiation, new NegotiationRead(), _ => true, token);
}
