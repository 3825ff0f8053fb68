using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.Samples;

[Contract("essay.write")]
internal sealed record WriteEssay(string About) : IRequest<Essay>;

internal sealed record Essay(string Text);

[Contract("essay.draft")]
internal sealed record DraftEssay(string About);

[Contract("essay.drafted")]
internal sealed record EssayDrafted(string About, int Words);

internal sealed class EssayistState
{
    public int Written { get; set; }
}

[Agent("essayist", Description = "Writes essays, word by word.")]
internal sealed class Essayist : Agent<EssayistState>, IHandle<WriteEssay, Essay>, IHandle<EssayDrafted>, IWork<DraftEssay, EssayDrafted>
{
    public ValueTask<Essay> HandleAsync(WriteEssay request, AgentContext context, CancellationToken cancellationToken)
    {
        // Takes the run that the message belongs to: it goes on after this turn.
        context.Begin(new DraftEssay(request.About));
        return new(new Essay("It will be a while."));
    }

    public async Task<EssayDrafted> WorkAsync(DraftEssay work, WorkContext context, CancellationToken cancellationToken)
    {
        string[] words = ["On", work.About, "there", "is", "much", "to", "say."];
        foreach (var word in words)
        {
            // Here a model would be called; the agent handles other messages meanwhile.
            await (context.Run?.WriteAsync(word + " ", "essay", cancellationToken) ?? Task.CompletedTask);
        }

        return new EssayDrafted(work.About, words.Length);
    }

    public ValueTask HandleAsync(EssayDrafted message, AgentContext context, CancellationToken cancellationToken)
    {
        State.Written++;
        context.Run?.Complete($"{message.Words} words.");
        return default;
    }
}

internal static class Commission
{
    public static async Task PlayAsync(Stage stage)
    {
        var agents = stage.Agents;
        var run = await agents.StartAsync(
            "essayist/emma", new WriteEssay("patience"), new RunStartOptions { Within = TimeSpan.FromMinutes(5) });

        var text = "";
        await foreach (var happened in run.FollowAsync())
        {
            text += happened.Artifact?.Parts[0].Text;
        }

        var essay = await run.ReadAsync();
        Stage.Say($"{essay.State}: {essay.Artifacts[0].Parts[0].Text}({essay.Message!.Parts[0].Text})");
        Stage.Expect(essay.State == RunState.Completed && essay.Artifacts[0].Parts[0].Text == text, "the essay as it was followed");
    }
}
