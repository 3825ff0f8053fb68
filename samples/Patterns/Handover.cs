using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Patterns;

namespace OrleansAgents.Samples;

[Contract("support.open")]
internal sealed record OpenCase(string Case);

[Contract("support.message")]
internal sealed record SupportMessage(string Text);

internal sealed class SupportState
{
    public IList<string> Seen { get; set; } = [];
}

[Agent("support", Description = "Answers customers; the front hands money matters to the back.")]
internal sealed class Support(Witness witness) : Agent<SupportState>, IHandle<OpenCase>, IHandle<SupportMessage>, IHandle<DeskHanded>
{
    public ValueTask HandleAsync(OpenCase message, AgentContext context, CancellationToken cancellationToken)
    {
        context.OpenDesk(message.Case, owner: Id, note: "a new customer");
        return default;
    }

    public ValueTask HandleAsync(SupportMessage message, AgentContext context, CancellationToken cancellationToken)
    {
        State.Seen.Add(message.Text);
        witness.Report("support", $"{Id} reads: {message.Text}");
        if (Id.Key == "front" && message.Text.Contains("refund", StringComparison.Ordinal))
        {
            // The last message that this agent gets of the conversation.
            context.HandOff("support/back", $"wants a refund, and wrote {State.Seen.Count} times");
        }

        return default;
    }

    public ValueTask HandleAsync(DeskHanded message, AgentContext context, CancellationToken cancellationToken)
    {
        witness.Report("support", $"{Id} takes over {message.Conversation} from {message.From ?? "nobody"}: {message.Note}");
        return default;
    }
}

internal static class Handover
{
    public static async Task PlayAsync(Stage stage)
    {
        await stage.Agents.Agent("support/front").TellAsync(new OpenCase("case-7"));
        Stage.Expect(await stage.HearAsync("support") == "support/front takes over case-7 from nobody: a new customer", "the front to have it");
        // The customer knows the desk, and never who sits behind it.
        var desk = stage.Agents.Agent("desk/case-7");
        await desk.TellAsync(new SupportMessage("hello"));
        await desk.TellAsync(new SupportMessage("I want a refund"));
        await desk.TellAsync(new SupportMessage("are you there?"));
        string[] expected =
        [
            "support/front reads: hello", "support/front reads: I want a refund",
            "support/back takes over case-7 from support/front: wants a refund, and wrote 2 times", "support/back reads: are you there?",
        ];
        foreach (var line in expected)
        {
            Stage.Expect(await stage.HearAsync("support") == line, line);
        }
    }
}
