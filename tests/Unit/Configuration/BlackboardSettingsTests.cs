using Microsoft.Extensions.Configuration;
using OrleansAgents.Blackboard;
using OrleansAgents.Configuration;
using Xunit;

namespace OrleansAgents.Tests.Configuration;

public sealed class BlackboardSettingsTests
{
    [Fact]
    public void Read_OfBoards_TakesWhatIsSetAndDefaultsElsewhere()
    {
        var boards = Read(("History", "7"), ("HistoryBytes", "5000000000")).Blackboard;
        Assert.Equal((7, 5_000_000_000, 256 * 1024), (boards.History, boards.HistoryBytes, boards.DocumentBytes));
    }

    [Theory]
    [InlineData("History", "0")]
    [InlineData("History", "many")]
    [InlineData("HistoryBytes", "0")]
    [InlineData("DocumentBytes", "1")]
    [InlineData("Documents", "1")]
    public void Read_OfAFaultySetting_NamesIt(string name, string value) =>
        Assert.Contains(name, Assert.Throws<SettingsException>(() => Read((name, value))).Message, StringComparison.Ordinal);

    [Fact]
    public void FindFault_OfOptions_NamesTheSettingAndItsDefault()
    {
        Assert.Null(new BlackboardOptions().FindFault());
        Assert.Contains("History must be 1 or more; 1,000", new BlackboardOptions { History = 0 }.FindFault(), StringComparison.Ordinal);
        Assert.Contains("HistoryBytes must be above zero; 16 MiB", new BlackboardOptions { HistoryBytes = 0 }.FindFault(), StringComparison.Ordinal);
        Assert.Contains("DocumentBytes must be 2 or more; 256 KiB", new BlackboardOptions { DocumentBytes = 1 }.FindFault(), StringComparison.Ordinal);
    }

    private static SiloOptions Read(params (string Name, string Value)[] settings) => SiloSettings.Read(new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"Agents:Blackboard:{s.Name}", (string?)s.Value))).Build());
}
