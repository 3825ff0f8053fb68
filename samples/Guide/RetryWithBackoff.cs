using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using Polly;
using Polly.Retry;
using Outcome = OrleansAgents.Messaging.Outcome;

namespace OrleansAgents.Samples;

[Contract("job.run")]
internal sealed record RunJob(string Name);

[Agent("flaky", Description = "Fails the first two attempts.")]
internal sealed class Flaky(Witness witness) : Agent, IHandle<RunJob>
{
    private int _attempts;

    public ValueTask HandleAsync(RunJob message, AgentContext context, CancellationToken cancellationToken)
    {
        _attempts++;
        witness.Report("attempts", $"attempt {_attempts} of {context.Message.Id}");
        return _attempts <= 2 ? throw new InvalidOperationException($"Attempt {_attempts} fails on purpose.") : default;
    }
}

internal static class RetryWithBackoff
{
    public static async Task PlayAsync(Stage stage)
    {
        // What fails on the way is repeated by the platform itself. A handler that throws is repeated only by a sender
        // that says so, as here; one id makes all attempts one message.
        var retry = new ResiliencePipelineBuilder<Receipt> { TimeProvider = TimeProvider.System }
            .AddRetry(new RetryStrategyOptions<Receipt>
            {
                MaxRetryAttempts = 4,
                Delay = TimeSpan.FromMilliseconds(20),
                BackoffType = DelayBackoffType.Exponential,
                ShouldHandle = new PredicateBuilder<Receipt>().HandleResult(r => r.Outcome == Outcome.Failed),
                OnRetry = arguments =>
                {
                    Stage.Say($"failed; the next attempt follows in {arguments.RetryDelay.TotalMilliseconds:0} ms");
                    return default;
                },
            })
            .Build();

        var agent = stage.Agents.Agent("flaky/a");
        var once = new SendOptions { Id = MessageId.New() };
        var receipt = await retry.ExecuteAsync(async cancel => await agent.TellAsync(new RunJob("nightly"), once, cancel));
        Stage.Say($"{receipt.Outcome} as {receipt.Id}");
        Stage.Expect(receipt.Outcome == Outcome.Accepted, "the third attempt to be accepted");
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            var seen = await stage.Witness.NextAsync("attempts");
            Stage.Expect(seen == $"attempt {attempt} of {once.Id}", $"attempt {attempt} under the same id");
        }

        var again = await agent.TellAsync(new RunJob("nightly"), once);
        Stage.Say($"sent once more: {again.Outcome}");
        Stage.Expect(again.Outcome == Outcome.Duplicate, "a repeat of a handled message to change nothing");
    }
}
