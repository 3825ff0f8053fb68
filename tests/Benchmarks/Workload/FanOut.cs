using System.Diagnostics;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Tests.Measuring;

namespace OrleansAgents.Tests.Workload;

/// <summary>Asks all targets together by way of one agent that does not wait for them, again and again.</summary>
internal sealed class GatherLoad(AgentHandle surveyor, int targets) : Variant
{
    protected override async Task<long> LoadAsync(long end)
    {
        var calls = 0L;
        var last = Stopwatch.GetTimestamp();
        while (last < end)
        {
            var done = Surveys.Expect();
            await surveyor.TellAsync(new Survey(targets));
            await done;
            var now = Stopwatch.GetTimestamp();
            Latencies.Add(now - last);
            last = now;
            calls += targets;
        }

        return calls;
    }
}

/// <summary>The reference: all grains asked together, as anybody would write it.</summary>
internal sealed class WhenAllLoad(RawCall raw, int targets) : Variant
{
    protected override async Task<long> LoadAsync(long end)
    {
        var calls = 0L;
        var last = Stopwatch.GetTimestamp();
        while (last < end)
        {
            var tasks = new Task<RawReply>[targets];
            for (var i = 0; i < targets; i++)
            {
                tasks[i] = raw.AskAsync(i).AsTask();
            }

            await Task.WhenAll(tasks);
            var now = Stopwatch.GetTimestamp();
            Latencies.Add(now - last);
            last = now;
            calls += targets;
        }

        return calls;
    }
}

/// <summary>Where the surveyors tell that one is over.</summary>
internal static class Surveys
{
    private static TaskCompletionSource s_done = new();

    public static Task Expect() => (s_done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public static void Finish(Answers answers)
    {
        foreach (var answer in answers.All)
        {
            // What a program would do with it, and a check that it is there.
            _ = answer.Read<QuoteReply>().Price;
        }

        s_done.TrySetResult();
    }
}

[Contract("bench.survey")]
public sealed record Survey(int Agents);

/// <summary>Asks and keeps nothing.</summary>
[Agent(Kind)]
internal sealed class SurveyAgent : Agent, IHandle<Survey>, IHandle<Answers>
{
    public const string Kind = "bench-survey";

    public static AgentId[] Targets { get; } = [.. Enumerable.Range(0, 1000).Select(i => new AgentId(QuoteAgent.Kind, $"agent-{i}"))];

    public static Quote Question { get; } = new(Texts.Customer, Texts.Product, Texts.Region, Texts.Currency, Texts.Note);

    public ValueTask HandleAsync(Survey message, AgentContext context, CancellationToken cancellationToken)
    {
        context.Gather(Targets.AsSpan(0, message.Agents).ToArray(), Question);
        return default;
    }

    public ValueTask HandleAsync(Answers message, AgentContext context, CancellationToken cancellationToken)
    {
        Surveys.Finish(message);
        return default;
    }
}

/// <summary>Asks, and would go on asking after a crash.</summary>
[Agent(Kind)]
internal sealed class DurableSurveyAgent : Agent<LedgerState>, IHandle<Survey>, IHandle<Answers>
{
    public const string Kind = "bench-durable-survey";

    public ValueTask HandleAsync(Survey message, AgentContext context, CancellationToken cancellationToken)
    {
        context.Gather(SurveyAgent.Targets.AsSpan(0, message.Agents).ToArray(), SurveyAgent.Question);
        return default;
    }

    public ValueTask HandleAsync(Answers message, AgentContext context, CancellationToken cancellationToken)
    {
        Surveys.Finish(message);
        return default;
    }
}
