using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Agents.AI;
using Microsoft.Extensions.AI;
using OrleansAgents.Agents;
using OrleansAgents.Intelligence;
using OrleansAgents.Messaging;

namespace OrleansAgents.Tests.Intelligence;

[Agent("parrot", Public = true)]
internal sealed class ParrotAgent(AIAgent agent) : HostedAIAgent(agent)
{
    protected override HostedAIAgentOptions Options { get; } = new() { Waiting = 2, SessionBytes = 4096, Within = TimeSpan.FromMinutes(2) };

    protected override AgentRunOptions? Configure(AgentId sender, MessageId work) =>
        new() { AdditionalProperties = new() { ["sender"] = sender.ToString(), ["work"] = work.ToString() } };
}

/// <summary>
/// An agent of the framework that knows nothing of ours: it repeats what it has been said in its session so far, and does
/// what it is told: "wait NAME", "deaf NAME", "fail", "refuse", "large".
/// </summary>
internal sealed class ScriptedAgent : AIAgent
{
    /// <summary>What lets it go on, and what it says when it was told to stop, by name.</summary>
    public ConcurrentDictionary<string, (TaskCompletionSource Came, TaskCompletionSource Go, TaskCompletionSource Stopped)> Gates { get; } = new(StringComparer.Ordinal);

    /// <summary>What it was told beside each message.</summary>
    public ConcurrentQueue<(string Text, string? Sender, string? Work)> Told { get; } = new();

    public (TaskCompletionSource Came, TaskCompletionSource Go, TaskCompletionSource Stopped) Gate(string name) => Gates.GetOrAdd(name, _ => (Source(), Source(), Source()));

    protected override ValueTask<AgentSession> CreateSessionCoreAsync(CancellationToken cancellationToken = default) => new(new Heard());

    protected override ValueTask<JsonElement> SerializeSessionCoreAsync(AgentSession session, JsonSerializerOptions? jsonSerializerOptions = null, CancellationToken cancellationToken = default) =>
        new(JsonSerializer.SerializeToElement(((Heard)session).Words));

    protected override ValueTask<AgentSession> DeserializeSessionCoreAsync(JsonElement serializedState, JsonSerializerOptions? jsonSerializerOptions = null, CancellationToken cancellationToken = default)
    {
        var heard = new Heard();
        heard.Words.AddRange(serializedState.Deserialize<List<string>>()!);
        return new(heard);
    }

    protected override Task<AgentResponse> RunCoreAsync(
        IEnumerable<ChatMessage> messages, AgentSession? session = null, AgentRunOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    protected override async IAsyncEnumerable<AgentResponseUpdate> RunCoreStreamingAsync(
        IEnumerable<ChatMessage> messages, AgentSession? session = null, AgentRunOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var words = ((Heard)session!).Words;
        var text = messages.Single().Text;
        Told.Enqueue((text, options?.AdditionalProperties?["sender"] as string, options?.AdditionalProperties?["work"] as string));
        words.Add(text);
        yield return new AgentResponseUpdate(ChatRole.Assistant, "You said: ");
        switch (text.Split(' '))
        {
            case ["wait", var name]:
                await WaitAsync(name, cancellationToken);
                break;
            case ["deaf", var name]:
                await WaitAsync(name, CancellationToken.None);
                break;
            case ["fail"]:
                throw new InvalidOperationException("a secret of the inside");
            case ["late"]:
                throw new TaskCanceledException("Its own client took too long.");
            case ["refuse"]:
                throw new AgentRefusedException("parrot.tired", "Not now.");
            case ["large"]:
                words.Add(new string('x', 5000));
                break;
            default:
                break;
        }

        yield return new AgentResponseUpdate(ChatRole.Assistant, string.Join(", ", words));
        yield return new AgentResponseUpdate(ChatRole.Assistant, [new UsageContent(new UsageDetails { OutputTokenCount = 3 })]);
    }

    private async Task WaitAsync(string name, CancellationToken cancellationToken)
    {
        var (came, go, stopped) = Gate(name);
        came.TrySetResult();
        try
        {
            await go.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            stopped.TrySetResult();
            throw;
        }
    }

    private static TaskCompletionSource Source() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Heard : AgentSession
    {
        public List<string> Words { get; } = [];
    }
}
