using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Intelligence;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.Tests.A2A;

[Contract("hear.this")]
internal sealed record HearThis : IRequest<Heard>;

internal sealed record Heard(Remarks? Remarks);

/// <summary>Answers with what is said to it beside the parts and the payload. It says that it makes pictures.</summary>
[Agent("hearer", Public = true, OutputModes = ["image/png"])]
internal sealed class HearerAgent : Agent, IHandle<ChatSay, ChatSaid>, IHandle<HearThis, Heard>
{
    public ValueTask<ChatSaid> HandleAsync(ChatSay request, AgentContext context, CancellationToken cancellationToken) => new(new ChatSaid([Part.OfData(new Heard(request.Remarks))]));

    public ValueTask<Heard> HandleAsync(HearThis request, AgentContext context, CancellationToken cancellationToken) => new(new Heard(context.Remarks));
}

internal sealed class DoerState
{
    public JsonElement? First { get; set; }
}

/// <summary>Asks back before it is done, and then says what was said to it beside the parts, the first time and the second.</summary>
[Agent("doer", Public = true)]
internal sealed class DoerAgent : Agent<DoerState>, IHandle<ChatSay, ChatSaid>, IHandle<RunSaid>
{
    public ValueTask<ChatSaid> HandleAsync(ChatSay request, AgentContext context, CancellationToken cancellationToken)
    {
        State.First = Part.OfData(new Heard(request.Remarks)).Data;
        context.Run!.AskOwner("Shall I?");
        return new(new ChatSaid([]));
    }

    public ValueTask HandleAsync(RunSaid message, AgentContext context, CancellationToken cancellationToken)
    {
        context.RunOf(message.Run).Complete(artifact: new Artifact("heard", [new Part { Data = State.First }, Part.OfData(new Heard(message.Said.Remarks))]));
        return default;
    }
}
