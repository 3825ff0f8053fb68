using OrleansAgents.Tests.Architecture;
using Xunit;

namespace OrleansAgents.Tests.Golden;

/// <summary>What earlier commits wrote, each in a folder of its name.</summary>
internal static class GoldenFiles
{
    public static string Root { get; } = Path.Combine(Repository.Root, "tests", "Unit", "Golden");

    /// <summary>The commits that have a file of this name.</summary>
    public static string[] CommitsWith(string file) =>
        [.. System.IO.Directory.GetDirectories(Root).Where(d => File.Exists(Path.Combine(d, file))).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal)];

    /// <summary>Compares what was read of a file with the listing beside it. Where there is none yet, it is left in artifacts to be looked over.</summary>
    public static async Task CompareAsync(string commit, string file, string read, CancellationToken cancellationToken)
    {
        var listing = PathOf(commit, file + ".txt");
        if (File.Exists(listing))
        {
            Assert.Equal((await File.ReadAllTextAsync(listing, cancellationToken)).Split('\n'), read.Split('\n'));
            return;
        }

        var artifact = Path.Combine(Repository.Root, "artifacts", "golden", commit, file + ".txt");
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(artifact)!);
        await File.WriteAllTextAsync(artifact, read, cancellationToken);
        Assert.Fail($"{listing} is missing. What was read is in {artifact}: see that it is what was written, and put it there.");
    }

    public static string PathOf(string commit, string file) => Path.Combine(Root, commit, file);
}
