using OrleansAgents.Tests.Hosting;

namespace OrleansAgents.Tests.Samples;

public sealed class SampleTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hello_Run_PrintsTheReply()
    {
        await using var hello = RunningProgram.Dotnet(["run", Path.Combine(Programs.Repository, "samples", "hello.cs")]);
        var code = await hello.ExitAsync(Token);
        Assert.True(code == 0, hello.Output + hello.Error);
        Assert.Equal("Hello, world!", hello.Output.Split('\n')[^1]);
    }

    [Fact]
    public void Hello_Text_FitsInFifteenLinesAndStandsInTheReadme()
    {
        var text = File.ReadAllText(Path.Combine(Programs.Repository, "samples", "hello.cs")).TrimEnd();
        Assert.InRange(text.Split('\n').Length, 1, 15);
        Assert.Contains($"```csharp\n{text}\n```", File.ReadAllText(Path.Combine(Programs.Repository, "README.md")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Guide_Run_DoesWhatTheGuideSays()
    {
        await using var guide = RunningProgram.Start(Programs.Guide, []);
        var code = await guide.ExitAsync(Token);
        Assert.True(code == 0, guide.Output + guide.Error);
        Assert.Contains("6 of 6", guide.Output, StringComparison.Ordinal);
    }
}
