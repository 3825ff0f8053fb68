using System.Collections.Concurrent;
using System.Text;
using System.Threading.Channels;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;

namespace OrleansAgents.Tests.Security;

[Contract("seal.whisper")]
public sealed record Whisper(string Text) : IRequest<Whispered>;

public sealed record Whispered(string Text, int Count);

/// <summary>Has the vault pass a text on, in one of the ways that there are.</summary>
[Contract("seal.pass")]
public sealed record Pass(string Way, string To, string Text) : IRequest<Whispered>;

[Contract("seal.rumour")]
public sealed record Rumour(string Text);

/// <summary>What agents heard, for the tests that wait for it.</summary>
internal static class Heard
{
    private static readonly ConcurrentDictionary<string, Channel<string>> All = new(StringComparer.Ordinal);

    public static void Write(AgentId agent, string text) => Of(agent.ToString()).Writer.TryWrite(text);

    public static ValueTask<string> NextAsync(string agent, CancellationToken cancellationToken) => Of(agent).Reader.ReadAsync(cancellationToken);

    private static Channel<string> Of(string agent) => All.GetOrAdd(agent, static _ => Channel.CreateUnbounded<string>());
}

public sealed class VaultState
{
    public int Count { get; set; }
}

/// <summary>Durable, and keeps no text in its state.</summary>
[Agent("vault")]
internal sealed class VaultAgent : Agent<VaultState>, IHandle<Whisper, Whispered>, IHandle<Pass, Whispered>, IHandle<Rumour>
{
    public ValueTask<Whispered> HandleAsync(Whisper request, AgentContext context, CancellationToken cancellationToken) =>
        new(new Whispered(request.Text, ++State.Count));

    public async ValueTask<Whispered> HandleAsync(Pass request, AgentContext context, CancellationToken cancellationToken)
    {
        switch (request.Way)
        {
            case "tell": context.Tell(AgentId.Parse(request.To), new Rumour(request.Text)); break;
            case "json": context.TellJson(AgentId.Parse(request.To), "seal.rumour", Encoding.UTF8.GetBytes($$"""{"text":"{{request.Text}}"}""")); break;
            case "no-json": context.TellJson(AgentId.Parse(request.To), "seal.rumour", "[1]"u8.ToArray()); break;
            case "soon": context.Schedule(TimeSpan.FromMilliseconds(1), AgentId.Parse(request.To), new Rumour(request.Text)); break;
            case "late": context.Schedule(TimeSpan.FromHours(1), AgentId.Parse(request.To), new Rumour(request.Text)); break;
            case "publish": context.Publish(TopicId.Parse(request.To), new Rumour(request.Text)); break;
            case "subscribe": await context.SubscribeAsync(TopicId.Parse(request.To), cancellationToken); break;
            case "ask": return await context.AskAsync(AgentId.Parse(request.To), new Whisper(request.Text), cancellationToken);
            case "throw": throw new InvalidOperationException("On purpose.");
            default: throw new AgentRefusedException("vault.way", "There is no such way.");
        }

        return new Whispered(request.Text, ++State.Count);
    }

    public ValueTask HandleAsync(Rumour message, AgentContext context, CancellationToken cancellationToken)
    {
        Heard.Write(Id, message.Text);
        return default;
    }
}

/// <summary>Hears rumours, unless its key begins with deaf.</summary>
[Agent("ear")]
internal sealed class EarAgent : Agent, IHandle<Rumour>, IHandle<Whisper, Whispered>
{
    public ValueTask HandleAsync(Rumour message, AgentContext context, CancellationToken cancellationToken)
    {
        if (Id.Key.StartsWith("deaf", StringComparison.Ordinal))
        {
            throw new AgentRefusedException("ear.deaf", "It does not hear.");
        }

        Heard.Write(Id, message.Text);
        return default;
    }

    public ValueTask<Whispered> HandleAsync(Whisper request, AgentContext context, CancellationToken cancellationToken) =>
        new(new Whispered(request.Text, 0));
}

/// <summary>Takes messages as they are, opens them, and passes them on to the ear of its own key.</summary>
[Agent("relay-ear")]
internal sealed class RelayEarAgent : Agent, IHandleAny
{
    public ValueTask<byte[]?> HandleAnyAsync(Envelope message, AgentContext context, CancellationToken cancellationToken)
    {
        Heard.Write(Id, message.Extras?.Encryption?.KeyId ?? "plain");
        Heard.Write(Id, Encoding.UTF8.GetString(context.Open(message).PayloadJson.Span));
        context.Forward(new AgentId("ear", Id.Key));
        return default;
    }
}
