using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Runs;

/// <content>
/// Which attempt at a piece of work writes an artifact. What an earlier one still had on its way, be it the first word or
/// the last, does not mix with what the present one writes: whoever begins says whom it replaces.
/// </content>
internal sealed partial class RunAgent : IHandle<RunWriterRead, RunWriterOf>
{
    public ValueTask<RunWriterOf> HandleAsync(RunWriterRead request, AgentContext context, CancellationToken cancellationToken)
    {
        DemandAgent(context);
        return new(new RunWriterOf(FindWriter(request.Artifact)));
    }

    private void DemandWriter(RunReport report)
    {
        if (report is not { Writer: { } writer, Artifact: { } artifact })
        {
            return;
        }

        var current = FindWriter(artifact.Id);
        if (current == writer)
        {
            return;
        }

        if (report.Replaces != writer && (artifact.Append ? current is not null : current != report.Replaces))
        {
            throw new AgentRefusedException(RunCodes.Superseded, $"Another attempt at the work writes '{artifact.Id}' of {Id}.");
        }

        (State.Writers ??= new(StringComparer.Ordinal))[artifact.Id] = writer;
    }

    /// <summary>An artifact as its log gets it: of one that comes as a whole, and was written by the same attempt piece by piece, the end alone.</summary>
    private Artifact? Shorten(RunReport report) =>
        report is { Writer: { } writer, Artifact: { Append: false } artifact } && report.Replaces == writer && FindWriter(artifact.Id) == writer
            ? artifact with { Parts = [.. artifact.Parts.Where(p => p.Text is null).DefaultIfEmpty(Part.Of(""))], Append = true }
            : report.Artifact;

    private Guid? FindWriter(string artifact) => State.Writers?.TryGetValue(artifact, out var writer) is true ? writer : null;

    private void DemandAgent(AgentContext context)
    {
        if (State.Agent is null || context.Sender.ToString() != State.Agent)
        {
            throw RunCheck.UnknownRun(Id);
        }
    }
}
