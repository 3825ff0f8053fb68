using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Samples;

[Contract("command")]
internal sealed record Command(string? Greet = null, string? Text = null, string? Task = null, bool End = false);

[Contract("ack")]
internal sealed record Ack(bool Ok);

/// <summary>Acknowledges each command to its sender, and stops at the one that says so.</summary>
[Agent(Kind, Description = "Acknowledges commands.")]
internal sealed class Worker(Witness witness) : Agent, IHandle<Command>
{
    public const string Kind = "worker";

    protected override ValueTask OnStartAsync(CancellationToken cancellationToken)
    {
        witness.Report($"{Id} started", "started");
        return default;
    }

    public ValueTask HandleAsync(Command message, AgentContext context, CancellationToken cancellationToken)
    {
        if (message.End)
        {
            DeactivateOnIdle();
        }
        else
        {
            context.Reply(new Ack(true));
        }

        return default;
    }
}

/// <summary>Sends commands and gets their acknowledgements.</summary>
[Agent("supervisor", Description = "Gets acknowledgements.")]
internal sealed class Supervisor(Witness witness) : Agent, IHandle<Ack>
{
    public ValueTask HandleAsync(Ack message, AgentContext context, CancellationToken cancellationToken)
    {
        witness.Report("acks", $"{context.Sender} acknowledged {context.Message.Extras?.CorrelationId}: {message.Ok}");
        return default;
    }
}

internal static class TwoAgents
{
    public static async Task PlayAsync(Stage stage)
    {
        await GreetAsync(stage, "worker/A", new Command(Greet: "hello"));
        await GreetAsync(stage, "worker/B", new Command(Text: "hello"));

        var end = await SendAsync(stage, "worker/A", new Command(End: true));
        Stage.Say($"worker/A took the stop signal: {end.Outcome}");
        await stage.Agents.Agent("worker/B").StopAsync();
        Stage.Say("worker/B was stopped from outside");

        // Stopped is not gone: the next message starts an agent anew.
        await GreetAsync(stage, "worker/A", new Command(Greet: "hello again"));
        await GreetAsync(stage, "worker/B", new Command(Greet: "hello again"));
    }

    private static async Task GreetAsync(Stage stage, AgentId worker, Command command)
    {
        var sent = await SendAsync(stage, worker, command);
        await stage.Witness.NextAsync($"{worker} started");
        var ack = await stage.Witness.NextAsync("acks");
        Stage.Say(ack);
        Stage.Expect(ack == $"{worker} acknowledged {sent.Id}: True", $"an ack of {worker} for {sent.Id}");
    }

    private static async Task<Receipt> SendAsync(Stage stage, AgentId worker, Command command)
    {
        var envelope = Envelope.Create("supervisor/System", worker, command);
        var reply = await stage.Agents.SendAsync(envelope);
        Stage.Expect(reply.Outcome == Outcome.Accepted, $"{worker} to accept; it was {reply.Outcome} {reply.Refusal?.Message}");
        return new Receipt(envelope.Id, reply.Outcome);
    }
}
