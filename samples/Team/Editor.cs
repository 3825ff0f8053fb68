using OrleansAgents.Agents;
using OrleansAgents.Intelligence;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.Samples.Team;

/// <summary>What the editor tells those who do not think.</summary>
public sealed record Prompts(bool IsOffline)
{
    /// <summary>The offline model does what a line says that begins with <c>call</c>; a model that thinks needs no such line.</summary>
    public string Commission(string about) =>
        $"Write an article about {about}." + (IsOffline
            ? $"\ncall researcher__chat_say {{\"parts\":[{{\"text\":\"Find facts about {about}.\\ncall search {{\\\"about\\\":\\\"{about}\\\"}}\"}}]}}"
            : "");
}

public sealed class EditorState
{
    public string Run { get; set; } = "";

    public string About { get; set; } = "";

    public string Draft { get; set; } = "";

    public int Drafts { get; set; }
}

/// <summary>
/// Has an article written and reviewed, and goes by the review. An ordinary agent without a model: who does what next is
/// not left to one. It waits for nobody, and goes on where it was when its silo crashes.
/// </summary>
[Agent("editor", Description = "Has articles written.")]
public sealed class Editor(Prompts prompts) : Agent<EditorState>, IHandle<CommissionArticle>, IHandle<Answers>
{
    private const int MostDrafts = 3;

    private static readonly QuestionOptions Patience = new() { Within = TimeSpan.FromMinutes(10) };

    public ValueTask HandleAsync(CommissionArticle message, AgentContext context, CancellationToken cancellationToken)
    {
        if (context.Run is not { } run || State.Run.Length > 0)
        {
            throw new AgentRefusedException("editor.busy", "Start it as a run, and one at each editor.");
        }

        run.Progress(0.1, $"The writer is asked for an article about {message.About}.");
        (State.Run, State.About) = (run.Id, message.About);
        Write(context, prompts.Commission(message.About));
        return default;
    }

    public ValueTask HandleAsync(Answers message, AgentContext context, CancellationToken cancellationToken)
    {
        var run = context.RunOf(State.Run);
        if (message.Single.Refusal is { } refusal)
        {
            run.Fail(refusal.Code, refusal.Message);
        }
        else if (message.Tag == "draft")
        {
            State.Draft = message.Single.Read<ChatSaid>().Text;
            run.Progress(0.5, $"Draft {++State.Drafts} goes to the reviewer: {State.Draft}");
            context.Ask(new AgentId("reviewer", Id.Key), new ReviewDraft(State.About, State.Draft), Patience with { Tag = "review" });
        }
        else if (message.Single.Read<Review>() is { Faults: > 0 } review && State.Drafts < MostDrafts)
        {
            run.Progress(0.7, $"The reviewer counts {review.Faults} against it: {review.Remark}");
            Write(context, $"The reviewer says: {review.Remark} Write it anew.");
        }
        else
        {
            run.Complete($"Printed as draft {State.Drafts}.", new Artifact("article", [Part.Of(State.Draft)], Last: true));
        }

        return default;
    }

    private void Write(AgentContext context, string words) =>
        context.Ask(new AgentId("writer", Id.Key), ChatSay.Of(words), Patience with { Tag = "draft" });
}
