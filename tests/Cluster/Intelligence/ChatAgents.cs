using System.Collections.Concurrent;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using OrleansAgents.Agents;
using OrleansAgents.Intelligence;
using OrleansAgents.Messaging;

namespace OrleansAgents.Tests.Intelligence;

[Contract("abacus.up")]
internal sealed record CountUp([property: Range(1, 9)] int By) : IRequest<Counted>;

internal sealed record Counted(int Count);

[Contract("abacus.read")]
internal sealed record CountRead : IQuery<Counted>;

[Contract("abacus.pass-on")]
internal sealed record PassOn(string Text);

[Contract("trip.plan")]
internal sealed record PlanTrip(string Wish) : IRequest<Trip>;

[Contract("trip")]
internal sealed record Trip([property: MinLength(2)] string City, [property: Range(1, 30)] int Days);

internal sealed class AbacusState
{
    public int Count { get; set; }
}

/// <summary>Counts, and shows so how often it was asked.</summary>
[Agent("abacus")]
internal sealed class AbacusAgent : Agent<AbacusState>, IHandle<CountUp, Counted>, IHandle<CountRead, Counted>, IHandle<PassOn>
{
    public ValueTask HandleAsync(PassOn message, AgentContext context, CancellationToken cancellationToken)
    {
        context.Tell(new AgentId("chatty", Id.Key), ChatSay.Of(message.Text));
        return default;
    }

    public ValueTask<Counted> HandleAsync(CountUp request, AgentContext context, CancellationToken cancellationToken)
    {
        State.Count += request.By;
        return new(new Counted(State.Count));
    }

    public ValueTask<Counted> HandleAsync(CountRead request, AgentContext context, CancellationToken cancellationToken) => new(new Counted(State.Count));
}

/// <summary>Talks, has tools of each kind, and answers a contract of its own.</summary>
[Agent("chatty")]
internal class ChattyAgent : ChatAgent, IHandle<PlanTrip, Trip>
{
    /// <summary>The calls of the method, by agent.</summary>
    public static ConcurrentDictionary<string, ConcurrentQueue<ToolCallContext>> Calls { get; } = new(StringComparer.Ordinal);

    protected override string Instructions => "You are terse.";

    protected override ChatAgentOptions Options => new()
    {
        Waiting = 2,
        Rounds = 4,
        Faults = 2,
        SummaryTokens = 50,
        Kept = 12,
        WindowTokens = Begins("small") ? 150 : 8000,
        Tokens = Begins("few") ? 20 : 200_000,
        Within = Begins("short") ? TimeSpan.FromMilliseconds(400) : TimeSpan.FromMinutes(5),
        ToolTimeout = Begins("hasty") ? TimeSpan.FromMilliseconds(50) : TimeSpan.FromMinutes(1),
    };

    public ValueTask<Trip> HandleAsync(PlanTrip request, AgentContext context, CancellationToken cancellationToken) => ThinkAsync<Trip>(context, request.Wish);

    protected override void AddTools(ToolSet tools) => tools
        .Add(Weather)
        .Add(Broken)
        .Add(Long)
        .Add(HangAsync, "Hang")
        .Add(Launch, needsApproval: true)
        .Add<CountUp>(new AgentId("abacus", Id.Key))
        .Add<ChatSay>(Id);

    private bool Begins(string word) => Id.Key.StartsWith(word, StringComparison.Ordinal);

    [Description("Says what the weather is.")]
    private static string Weather(string city, ToolCallContext call)
    {
        Calls.GetOrAdd(call.Agent.Key, static _ => new()).Enqueue(call);
        return $"Rain in {city}.";
    }

    // It does not listen to its token either.
    private static Task HangAsync() => new TaskCompletionSource().Task;

    private static string Long() => new('x', 2000);

    private static string Broken() => throw new InvalidOperationException("secret");

    private static string Launch(string what) => $"{what} is launched.";
}

/// <summary>The same by a kind of its own, so that what is measured of it is one test's.</summary>
[Agent("measured")]
internal sealed class MeasuredAgent : ChattyAgent;
