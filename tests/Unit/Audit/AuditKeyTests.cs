using OrleansAgents.Agents;
using OrleansAgents.Audit;
using Xunit;

namespace OrleansAgents.Tests.Audit;

public sealed class AuditKeyTests : IDisposable
{
    private const string Secret = "0123456789abcdef0123456789abcdef";

    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void Read_OfAFile_TakesNoLineEnds(string end)
    {
        File.WriteAllText(_file, Secret + end);

        Assert.Equal("376f79f253a0085a", AuditKey.Read(_file).Name);
    }

    [Theory]
    [InlineData(31)]
    [InlineData(0)]
    [InlineData(100_000)]
    public void Read_OfAKeyOfAnotherLength_SaysWhatAKeyIs(int length)
    {
        File.WriteAllText(_file, new string('k', length));

        Assert.Contains("openssl rand -hex 32", Assert.Throws<InvalidDataException>(() => AuditKey.Read(_file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_OfAFileThatIsNotThere_NamesSettingAndFile()
    {
        var result = new AuditKeyValidation().Validate(name: null, new AgentOptions { AuditKeyFile = "/nowhere/audit.key" });

        Assert.StartsWith("AgentOptions.AuditKeyFile: The key file '/nowhere/audit.key' cannot be read", result.FailureMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_WithoutAFile_Succeeds() => Assert.True(new AuditKeyValidation().Validate(name: null, new AgentOptions()).Succeeded);
}
