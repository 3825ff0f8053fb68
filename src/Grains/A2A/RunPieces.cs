using OrleansAgents.Runs;

namespace OrleansAgents.A2A;

/// <summary>Puts pieces together that came close behind one another, so that each does not cost a commit.</summary>
internal static class RunPieces
{
    // As much as is put together of what a model writes.
    private const int MostTogether = 32 * 1024;

    /// <summary>Reports of which those that only append to one artifact are one.</summary>
    public static List<RunReport> Together(IEnumerable<RunReport> reports)
    {
        var together = new List<RunReport>();
        foreach (var report in reports)
        {
            if (together.Count > 0 && IsPiece(report) && together[^1] is { State: null, Message: null, Progress: null, Artifact: { Last: false } before }
                && before.Id == report.Artifact!.Id && Count(before) < MostTogether)
            {
                together[^1] = new RunReport(Artifact: before with { Parts = Join(before.Parts, report.Artifact.Parts), Last = report.Artifact.Last });
            }
            else
            {
                together.Add(report);
            }
        }

        return together;
    }

    /// <summary>Parts behind others. Two plain texts that meet are one.</summary>
    public static IReadOnlyList<Part> Join(IReadOnlyList<Part> before, IReadOnlyList<Part> behind) =>
        before.Count > 0 && behind.Count > 0 && IsPlain(before[^1]) && IsPlain(behind[0])
            ? [.. before.Take(before.Count - 1), Part.Of(before[^1].Text + behind[0].Text), .. behind.Skip(1)]
            : [.. before, .. behind];

    private static bool IsPiece(RunReport report) => report is { State: null, Message: null, Progress: null, Artifact: { Append: true, Name: null, Description: null } };

    private static bool IsPlain(Part part) => part is { Text: not null, FileName: null, MediaType: null, Metadata: null };

    private static int Count(Artifact artifact) => artifact.Parts.Sum(p => p.Text?.Length ?? MostTogether);
}
