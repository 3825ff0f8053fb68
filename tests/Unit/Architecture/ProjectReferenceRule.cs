using System.Collections.Frozen;
using System.Xml.Linq;

namespace OrleansAgents.Tests.Architecture;

/// <summary>Which project may reference which.</summary>
internal static class ProjectReferenceRule
{
    private static readonly FrozenDictionary<string, string[]> Allowed = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["Grains.Interfaces"] = [],
        ["Client"] = ["Grains.Interfaces"],
        ["Grains"] = ["Grains.Interfaces"],
        ["Storage"] = ["Grains.Interfaces"],
        ["Testing"] = ["Grains", "Client", "Storage"],
        ["Silo"] = ["Grains", "Client", "Storage"],
        ["Cli"] = ["Client"],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // A sample stands for a user's program: it may use whatever a user could, but neither a command nor other samples.
    private static readonly string[] AllowedForSamples = ["Grains.Interfaces", "Grains", "Storage", "Client", "Silo", "Testing"];

    /// <summary>What is wrong with the project references of a build file, one line each; empty when nothing is.</summary>
    /// <param name="path">The file's path below the root of the tree, with slashes.</param>
    /// <param name="xml">The file's text.</param>
    public static IReadOnlyList<string> Violations(string path, string xml)
    {
        var references = References(path, xml).ToList();
        if (AllowedFor(path) is not { } allowed)
        {
            return path.EndsWith(".csproj", StringComparison.Ordinal)
                ? [$"{path} is not known to this rule: say what it may reference."]
                : [.. references.Select(reference => $"{path} -> {reference}: references belong in project files")];
        }

        var targets = allowed.Select(name => $"src/{name}/{name}.csproj").ToHashSet(StringComparer.Ordinal);
        return [.. references.Where(reference => !targets.Contains(reference)).Select(reference => $"{path} -> {reference}")];
    }

    private static string[]? AllowedFor(string path)
    {
        if (!path.EndsWith(".csproj", StringComparison.Ordinal))
        {
            return null;
        }

        return path.StartsWith("samples/", StringComparison.Ordinal)
            ? AllowedForSamples
            : Allowed.GetValueOrDefault(Path.GetFileNameWithoutExtension(path));
    }

    private static IEnumerable<string> References(string path, string xml) =>
        XDocument.Parse(xml).Descendants()
            .Where(element => string.Equals(element.Name.LocalName, "ProjectReference", StringComparison.Ordinal))
            .SelectMany(element => ((string?)element.Attribute("Include") ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .Select(include => Resolve(path, include.Replace('\\', '/')));

    private static string Resolve(string path, string include)
    {
        var root = Path.GetFullPath("/");
        var target = Path.GetFullPath(Path.Combine(root, Path.GetDirectoryName(path)!, include));
        return Path.GetRelativePath(root, target).Replace('\\', '/');
    }
}
