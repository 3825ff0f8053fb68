using Xunit;

namespace OrleansAgents.Tests.Architecture;

public sealed class SizeLimitTests
{
    private const int FileLimit = 250;
    private const int MethodLimit = 60;

    private static readonly string[] AllFolders = ["src", "tests", "samples"];
    private static readonly string[] SourceFolder = ["src"];

    [Fact]
    public void Files_InTheTree_StayBelowTheLimit() => AssertNone(CodeSizes.Above(FileLimit, Files(AllFolders)));

    [Fact]
    public void Methods_InTheTree_StayBelowTheLimit() => AssertNone(CodeSizes.Above(MethodLimit, Methods(AllFolders)));

    [Theory]
    [InlineData(0.5, 65)]
    [InlineData(0.9, 170)]
    public void Files_InSrc_StayBelowThePercentile(double share, int limit) =>
        AssertPercentile(share, limit, Files(SourceFolder));

    [Fact]
    public void Methods_InSrc_StayBelowThePercentile() => AssertPercentile(0.9, 30, Methods(SourceFolder));

    [Fact]
    public void Search_OfTheTree_FindsSourceAndTestsButNoBuildOutput()
    {
        var files = Files(AllFolders).Select(file => file.Name).ToList();

        Assert.Contains("tests/Unit/Architecture/SizeLimitTests.cs", files, StringComparer.Ordinal);
        Assert.True(files.Count(file => file.StartsWith("src/", StringComparison.Ordinal)) >= 10, "Too few files under src.");
        Assert.DoesNotContain(files, file => file.Contains("/obj/", StringComparison.Ordinal));
        Assert.Contains(Methods(AllFolders), method => method.Name.EndsWith($" {nameof(AssertPercentile)}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("a", 1)]
    [InlineData("a\n", 1)]
    [InlineData("a\r\n\r\nb", 3)]
    public void CountLines_OfText_CountsAsAnEditorDoes(string text, int lines) => Assert.Equal(lines, CodeSizes.CountLines(text));

    [Fact]
    public void Above_FileOneLineTooLong_IsReported()
    {
        CodeSize[] files = [new("Fits.cs", FileLimit), new("TooLong.cs", FileLimit + 1)];

        Assert.Equal("TooLong.cs: 251 lines", Assert.Single(CodeSizes.Above(FileLimit, files)).ToString());
    }

    [Fact]
    public void Above_MethodOneLineTooLong_IsReported()
    {
        var sample = $"class Sample\n{{\n{Method("Fits", MethodLimit)}{Method("TooLong", MethodLimit + 1)}}}\n";

        var found = Assert.Single(CodeSizes.Above(MethodLimit, CodeSizes.Methods("Sample.cs", sample)));

        Assert.Equal("Sample.cs(63) TooLong: 61 lines", found.ToString());
    }

    [Fact]
    public void Methods_OfEveryKind_AreMeasuredWithoutTheirAttributes()
    {
        const string Sample = """
            Run();
            void Run()
            {
            }
            partial class Sample
            {
                [Fact]
                // A comment before the declaration.
                [Theory]
                public Sample()
                {
                }
                int Property
                {
                    get =>
                        1;
                    set { }
                }
                int Computed =>
                    Property;
                int Automatic { get; set; }
                public static Sample operator +(Sample left, Sample right) => left;
                partial void Declared();
            }
            """;

        Assert.Equal(
            [
                "S(2) Run: 3 lines", "S(10) Sample: 3 lines", "S(15) Property.get: 2 lines", "S(17) Property.set: 1 lines",
                "S(19) Computed: 2 lines", "S(22) OperatorDeclaration: 1 lines",
            ],
            CodeSizes.Methods("S", Sample).Select(method => method.ToString()),
            StringComparer.Ordinal);
    }

    [Theory]
    [InlineData(0.5, 5)]
    [InlineData(0.9, 9)]
    [InlineData(0.91, 10)]
    public void Percentile_OfOneToTen_IsTheNearestRank(double share, int expected) =>
        Assert.Equal(expected, CodeSizes.Percentile(share, Enumerable.Range(1, 10).Select(lines => new CodeSize("F", lines))));

    private static IEnumerable<CodeSize> Files(string[] folders) =>
        Sources(folders).Select(source => new CodeSize(source.Path, CodeSizes.CountLines(source.Text)));

    private static IEnumerable<CodeSize> Methods(string[] folders) =>
        Sources(folders).SelectMany(source => CodeSizes.Methods(source.Path, source.Text));

    private static IEnumerable<(string Path, string Text)> Sources(string[] folders) =>
        folders.SelectMany(folder => Repository.Files(folder, "*.cs"))
            .Select(file => (Repository.Relative(file), File.ReadAllText(file)));

    private static void AssertNone(IReadOnlyList<CodeSize> offenders) =>
        Assert.True(offenders.Count == 0, "Too long:\n" + string.Join('\n', offenders));

    private static void AssertPercentile(double share, int limit, IEnumerable<CodeSize> sizes)
    {
        CodeSize[] all = [.. sizes];
        var actual = CodeSizes.Percentile(share, all);
        Assert.True(
            actual <= limit,
            $"{share:P0} should have at most {limit} lines, but that share reaches to {actual}. The longer ones:\n"
                + string.Join('\n', CodeSizes.Above(limit, all)));
    }

    private static string Method(string name, int lines) =>
        $"void {name}()\n{{\n{string.Concat(Enumerable.Repeat(";\n", lines - 3))}}}\n";
}
