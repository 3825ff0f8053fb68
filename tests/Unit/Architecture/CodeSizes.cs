using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace OrleansAgents.Tests.Architecture;

/// <summary>A file or a method and its number of lines.</summary>
internal sealed record CodeSize(string Name, int Lines)
{
    public override string ToString() => $"{Name}: {Lines} lines";
}

/// <summary>Counts the lines of files and of methods.</summary>
internal static class CodeSizes
{
    /// <summary>The lines of a text; a line end at the end of the text begins no further line.</summary>
    public static int CountLines(string text)
    {
        using var reader = new StringReader(text);
        var lines = 0;
        while (reader.ReadLine() is not null)
        {
            lines++;
        }

        return lines;
    }

    /// <summary>
    /// The methods, constructors, operators and accessors of a file that have a body, from the first line of the
    /// declaration after its attributes to its last. Local functions count with the method around them, those among
    /// top-level statements for themselves.
    /// </summary>
    public static IEnumerable<CodeSize> Methods(string path, string text) =>
        CSharpSyntaxTree.ParseText(text, CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Preview))
            .GetRoot()
            .DescendantNodes()
            .Where(HasBody)
            .Select(node => Measure(path, node));

    /// <summary>The sizes above a limit, largest first.</summary>
    public static IReadOnlyList<CodeSize> Above(int limit, IEnumerable<CodeSize> sizes) =>
        [.. sizes.Where(size => size.Lines > limit).OrderByDescending(size => size.Lines)];

    /// <summary>The smallest size that at least the given share (above 0, at most 1) of all sizes do not exceed.</summary>
    public static int Percentile(double share, IEnumerable<CodeSize> sizes)
    {
        int[] ordered = [.. sizes.Select(size => size.Lines).Order()];
        return ordered[(int)Math.Ceiling(share * ordered.Length) - 1];
    }

    private static bool HasBody(SyntaxNode node) => node switch
    {
        BaseMethodDeclarationSyntax method => method.Body is not null || method.ExpressionBody is not null,
        AccessorDeclarationSyntax accessor => accessor.Body is not null || accessor.ExpressionBody is not null,
        PropertyDeclarationSyntax property => property.ExpressionBody is not null,
        IndexerDeclarationSyntax indexer => indexer.ExpressionBody is not null,
        LocalFunctionStatementSyntax { Parent: GlobalStatementSyntax } => true,
        _ => false,
    };

    private static CodeSize Measure(string path, SyntaxNode node)
    {
        var attributes = node.ChildNodes().OfType<AttributeListSyntax>().LastOrDefault();
        var first = attributes is null ? node.GetFirstToken() : attributes.GetLastToken().GetNextToken();
        var start = first.GetLocation().GetLineSpan().StartLinePosition.Line;
        var end = node.GetLocation().GetLineSpan().EndLinePosition.Line;
        return new CodeSize($"{path}({start + 1}) {NameOf(node)}", end - start + 1);
    }

    private static string NameOf(SyntaxNode node) => node switch
    {
        MethodDeclarationSyntax method => method.Identifier.Text,
        ConstructorDeclarationSyntax constructor => constructor.Identifier.Text,
        PropertyDeclarationSyntax property => property.Identifier.Text,
        LocalFunctionStatementSyntax function => function.Identifier.Text,
        AccessorDeclarationSyntax { Parent.Parent: PropertyDeclarationSyntax property } accessor =>
            $"{property.Identifier.Text}.{accessor.Keyword.Text}",
        _ => node.Kind().ToString(),
    };
}
