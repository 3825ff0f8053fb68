using System.Text.Json;
using OrleansAgents.Messaging;
using OrleansAgents.Negotiation;
using Xunit;

namespace OrleansAgents.Tests.Negotiation;

/// <summary>Whatever comes in whatever order: there is one end, and never a second holder while the first may work.</summary>
public sealed class NegotiationWalkTests
{
    private const int Walks = 1000, Steps = 40;

    private static readonly string[] Everybody = ["a/1", "b/1", "c/1", "d/1", "buyer/1", "stranger/1"];

    [Fact]
    public void Walk_OfAnyMessages_EndsOnceAndHasOneHolderAtATime()
    {
        var outcomes = new HashSet<NegotiationOutcome>();
        for (var seed = 0; seed < Walks; seed++)
        {
            outcomes.Add(Walk(seed));
        }

        Assert.Equal(Enum.GetValues<NegotiationOutcome>().Order(), outcomes.Order());
    }

    private static NegotiationOutcome Walk(int seed)
    {
        var random = new Random(seed);
        var runs = new Runs(random.Next(2) == 0 ? Scoring.ByInitiator : Scoring.Lowest("/price"), new() { Rounds = random.Next(3), Penalty = 1 });
        runs.Begin(Everybody[..4]);
        var mayWork = new HashSet<string>(StringComparer.Ordinal);
        for (var step = 0; step < Steps && runs.Run.Phase != NegotiationPhase.Ended; step++)
        {
            runs.Now += TimeSpan.FromSeconds(1);
            Step(runs, random, mayWork);
            mayWork.UnionWith(runs.Acts.OfType<AskToPerform>().Select(a => a.Agent));
            Assert.True(mayWork.Count <= 1 || runs.Run.Phase == NegotiationPhase.Ended, $"{string.Join(" and ", mayWork)} may work at once with seed {seed}.");
            Assert.True(runs.Run.Open.Count > 0 || runs.Run.Phase is NegotiationPhase.Performing or NegotiationPhase.Ended, $"Nobody is asked in {runs.Run.Phase} with seed {seed}.");
        }

        var kept = JsonSerializer.SerializeToUtf8Bytes(new NegotiationState { Run = runs.Run }, PayloadJson.Options);
        Assert.Equal(kept, JsonSerializer.SerializeToUtf8Bytes(JsonSerializer.Deserialize<NegotiationState>(kept, PayloadJson.Options), PayloadJson.Options));
        runs.Do(NegotiationFlow.TakeAlarm);
        Assert.Single(runs.AllActs.OfType<TellEnded>());
        Assert.Empty(runs.Run.Open);
        Assert.True(runs.Run.Outcome != NegotiationOutcome.Done || runs.Run.Holder is not null, $"Nobody won with seed {seed}.");
        return runs.Run.Outcome!.Value;
    }

    private static void Step(Runs runs, Random random, HashSet<string> mayWork)
    {
        var who = Everybody[random.Next(Everybody.Length)];
        switch (random.Next(20))
        {
            case 0:
                if (runs.Withdraw(who).Refusal is null)
                {
                    mayWork.Remove(who);
                }

                return;
            case 1:
                runs.Finish(who);
                return;
            case 2:
                runs.Do((run, now) => NegotiationFlow.GiveUp(run, who, reason: null, now));
                return;
            case 3:
                runs.Do((run, now) => NegotiationFlow.Cancel(run, who, reason: null, now));
                return;
            case 4:
                runs.Do((run, now) => NegotiationFlow.TakeProposals(run, Runs.Question(1000), [Runs.Offer(who, 0)], now));
                return;
        }

        if (runs.Run.Open.Count > 0)
        {
            Answer(runs, random, mayWork);
        }
    }

    private static void Answer(Runs runs, Random random, HashSet<string> mayWork)
    {
        var holder = runs.Run.Holder;
        switch (runs.Run.Phase)
        {
            case NegotiationPhase.Scoring:
                var order = runs.Run.Bidders.Where(_ => random.Next(3) > 0).Select(b => b.Agent).ToArray();
                var counters = random.Next(2) == 0 ? order.Take(1).Select(a => new CounterTo(a, JsonElement.Parse("{}"))).ToArray() : null;
                runs.Do((run, now) => NegotiationFlow.TakeRanking(run, run.Open[0], random.Next(9) == 0
                    ? Runs.Missing<Ranking>("buyer/1") : new("buyer/1", new Ranking(order, counters), null), now));
                return;
            case NegotiationPhase.Awarding when random.Next(3) is var answer:
                if (answer == 0)
                {
                    mayWork.Remove(holder!);
                }

                _ = answer switch
                {
                    0 => runs.AnswerAward(AwardReply.Decommit()),
                    1 => runs.AnswerAward(random.Next(2) == 0 ? AwardReply.Confirm() : AwardReply.Done()),
                    _ => runs.MissAward(),
                };
                return;
            case NegotiationPhase.Revoking when random.Next(2) == 0:
                mayWork.Remove(holder!);
                runs.AnswerStop(isAcknowledged: true);
                return;
            case NegotiationPhase.Revoking:
                runs.AnswerStop(isAcknowledged: false);
                return;
            default:
                runs.Propose([.. runs.Run.Bidders.Where(_ => random.Next(2) == 0).Select(b => random.Next(3) > 0
                    ? Runs.Offer(b.Agent, random.Next(9)) : Runs.Missing<Proposal>(b.Agent))]);
                return;
        }
    }
}
