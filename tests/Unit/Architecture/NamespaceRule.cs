using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace OrleansAgents.Tests.Architecture;

/// <summary>The namespace is the root namespace and the folder within the project; that of Testing stands in between.</summary>
internal static class NamespaceRule
{
    /// <summary>What is wrong with the namespaces of a file, one line each; a file that declares nothing needs none.</summary>
    /// <param name="path">The file's path below the root of the tree, with slashes: <c>src/Project/Folder/File.cs</c>.</param>
    /// <param name="text">The file's text.</param>
    public static IReadOnlyList<string> Violations(string path, string text)
    {
        var expected = Expected(path);
        return
        [
            .. CSharpSyntaxTree.ParseText(text, CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Preview))
                .GetRoot()
                .DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
                .Where(IsType)
                .Select(NamespaceOf)
                .Distinct(StringComparer.Ordinal)
                .Where(actual => !string.Equals(actual, expected, StringComparison.Ordinal))
                .Select(actual => $"{path}: {(actual.Length == 0 ? "no namespace" : actual)} should be {expected}"),
        ];
    }

    // What users test with says so in every file that uses it; elsewhere the project is no part of the name.
    private static string Expected(string path) => string.Join(
        '.', ["OrleansAgents", .. path.Split('/')[(path.StartsWith("src/Testing/", StringComparison.Ordinal) ? 1 : 2)..^1]]);

    private static bool IsType(SyntaxNode node) => node is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax;

    private static string NamespaceOf(SyntaxNode type) =>
        string.Join('.', type.Ancestors().OfType<BaseNamespaceDeclarationSyntax>().Reverse().Select(space => space.Name.ToString()));
}
