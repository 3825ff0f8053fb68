namespace OrleansAgents.Tests.Architecture;

/// <summary>The working tree that the running tests were built from.</summary>
internal static class Repository
{
    private static readonly string[] BuildFolders = ["bin", "obj"];

    /// <summary>The folder of the solution file, found upwards from the test's own folder.</summary>
    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    /// <summary>The files below a folder of the tree that match a pattern, outside bin and obj; none where the folder is missing.</summary>
    public static IReadOnlyList<string> Files(string folder, string pattern)
    {
        var path = Path.Combine(Root, folder);
        // In full, because the product has a namespace named Directory.
        return System.IO.Directory.Exists(path)
            ? [.. System.IO.Directory.EnumerateFiles(path, pattern, SearchOption.AllDirectories).Where(IsSource).Order(StringComparer.Ordinal)]
            : [];
    }

    /// <summary>A path below the root, with slashes on every system.</summary>
    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static bool IsSource(string path) =>
        !Relative(path).Split('/').Any(part => BuildFolders.Contains(part, StringComparer.OrdinalIgnoreCase));

    private static string FindRoot(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "OrleansAgents.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No folder above {start} holds OrleansAgents.sln.");
    }
}
