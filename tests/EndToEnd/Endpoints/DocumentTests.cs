using System.Text.RegularExpressions;
using OrleansAgents.Tests.Hosting;

namespace OrleansAgents.Tests.Endpoints;

/// <summary>The examples of the documents for users, run as they stand there.</summary>
public sealed partial class DocumentTests(SiloProcess silo)
{
    [Theory]
    [InlineData("http.md", 6)]
    [InlineData("a2a.md", 4)]
    [InlineData("mcp.md", 1)]
    public async Task Examples_OfTheDocument_AnswerWhatItSays(string page, int fewest)
    {
        var document = await File.ReadAllTextAsync(Path.Combine(Programs.Repository, "docs", page), TestContext.Current.CancellationToken);
        var examples = Example().Matches(document);
        Assert.True(examples.Count >= fewest, $"Only {examples.Count} examples were found.");
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["URL"] = silo.Url, ["KEY"] = SiloProcess.ShopKey };
        foreach (Match example in examples)
        {
            await using var shell = RunningProgram.Run("bash", ["-c", example.Groups["command"].Value], environment: environment);
            await shell.ExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(Plain(example.Groups["answer"].Value), Plain(shell.Output));
        }
    }

    /// <summary>What differs from one run to the next is left out.</summary>
    private static string Plain(string text) => Changing().Replace(text.ReplaceLineEndings("\n").Trim(), "…");

    [GeneratedRegex("```sh\n(?<command>.+?)```\n\n```(json|text)\n(?<answer>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Example();

    // Times, and the ids of messages that agents make as they go.
    [GeneratedRegex("\"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z\"|\"messageId\":\"01[0-9a-f-]{34}\"", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Changing();
}
