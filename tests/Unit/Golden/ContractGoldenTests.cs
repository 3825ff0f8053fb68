using OrleansAgents.Contracts;
using OrleansAgents.DeadLetters;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;
using Xunit;

namespace OrleansAgents.Tests.Golden;

public sealed class ContractGoldenTests
{
    private const string FileName = "contracts.json";

    public static TheoryData<string> Commits => [.. GoldenFiles.CommitsWith(FileName)];

    [Theory]
    [MemberData(nameof(Commits))]
    public void Contracts_OfThePlatform_KeepWhatTheyPromised(string commit)
    {
        var promised = ContractList.Read(File.ReadAllBytes(GoldenFiles.PathOf(commit, FileName)));
        Assert.Contains(promised, c => c.Type == "dead-letter.add");
        Assert.DoesNotContain(ContractComparison.Compare(promised, Today()), c => c.IsBreaking);
    }

    [Fact]
    public void Contracts_OfToday_AllHaveAGoldenFile()
    {
        var promised = GoldenFiles.CommitsWith(FileName).SelectMany(c => ContractList.Read(File.ReadAllBytes(GoldenFiles.PathOf(c, FileName)))).Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        Assert.All(Today(), c => Assert.Contains(c.Name, promised));
    }

    private static IReadOnlyList<ContractEntry> Today() => ContractAssemblies.Read([typeof(DeadLetter).Assembly.Location, typeof(TopicSubscribe).Assembly.Location]);
}
