using OrleansAgents.Tests.Architecture;

namespace OrleansAgents.Tests.Input;

/// <summary>The inputs kept under tests/Unit/Corpus, one case a file.</summary>
internal static class Corpus
{
    public static IReadOnlyList<(string Name, byte[] Bytes)> Files { get; } = Load();

    public static byte[] Read(string name) => Files.Single(f => f.Name == name).Bytes;

    private static (string, byte[])[] Load()
    {
        var folder = Path.Combine(Repository.Root, "tests", "Unit", "Corpus");
        // In full, because the product has a namespace named Directory.
        return [.. System.IO.Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(path => !path.EndsWith(".md", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(path => (Path.GetRelativePath(folder, path).Replace('\\', '/'), File.ReadAllBytes(path)))];
    }
}
