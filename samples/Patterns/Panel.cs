using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Patterns;
using OrleansAgents.Topics;

namespace OrleansAgents.Samples;

[Contract("panel.convene")]
internal sealed record Convene(string Topic);

internal sealed class PanelState
{
    public int Heard { get; set; }
}

[Agent("host", Description = "Has agents talk, and follows what they say.")]
internal sealed class PanelHost(Witness witness) : Agent<PanelState>, IHandle<Convene>, IHandle<GroupEntry>, IHandle<GroupEnded>
{
    public async ValueTask HandleAsync(Convene message, AgentContext context, CancellationToken cancellationToken)
    {
        await context.SubscribeAsync((TopicId)"groups/evening", cancellationToken);
        context.StartGroup(
            new GroupStart(message.Topic, ["panelist/baker", "panelist/miller", "panelist/missing"], Moderator: "moderator/1", MaxTurns: 10),
            key: "evening");
    }

    public ValueTask HandleAsync(GroupEntry message, AgentContext context, CancellationToken cancellationToken)
    {
        State.Heard++;
        witness.Report("panel", $"{message.Speaker}: {message.Text ?? $"({message.Failed})"}");
        return default;
    }

    public ValueTask HandleAsync(GroupEnded message, AgentContext context, CancellationToken cancellationToken)
    {
        witness.Report("panel ended", $"{message.Reason} after {message.Turns} turns");
        return default;
    }
}

[Agent("panelist", Description = "Has an opinion; one of them never says it.")]
internal sealed class Panelist : Agent, IHandle<GroupTurn, GroupSaid>
{
    public ValueTask<GroupSaid> HandleAsync(GroupTurn request, AgentContext context, CancellationToken cancellationToken) => Id.Key == "missing"
        ? throw new AgentRefusedException("panelist.missing", "It is not here.")
        : new(new GroupSaid($"on {request.Topic}, after {request.Transcript.Count} others"));
}

[Agent("moderator", Description = "Lets everybody speak once.")]
internal sealed class Moderator : Agent, IHandle<GroupNext, GroupChoice>
{
    public ValueTask<GroupChoice> HandleAsync(GroupNext request, AgentContext context, CancellationToken cancellationToken) =>
        new(new GroupChoice(request.Number <= request.Members.Count ? request.Members[request.Number - 1] : null));
}

internal static class Panel
{
    public static async Task PlayAsync(Stage stage)
    {
        await stage.Agents.Agent("host/1").TellAsync(new Convene("bread"));
        Stage.Expect(await stage.HearAsync("panel") == "panelist/baker: on bread, after 0 others", "the baker first");
        Stage.Expect(await stage.HearAsync("panel") == "panelist/miller: on bread, after 1 others", "the miller then");
        Stage.Expect(await stage.HearAsync("panel") == "panelist/missing: (panelist.missing)", "the third to be skipped");
        Stage.Expect(await stage.HearAsync("panel ended") == "Over after 3 turns", "the moderator to end it");
        var transcript = await stage.Agents.Agent("group/evening").AskAsync(new GroupRead());
        Stage.Expect(transcript.Transcript.Count == 3, "the transcript to be there");
    }
}
