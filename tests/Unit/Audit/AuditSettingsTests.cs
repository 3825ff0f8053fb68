using Microsoft.Extensions.Configuration;
using OrleansAgents.Agents;
using OrleansAgents.Audit;
using OrleansAgents.Configuration;
using OrleansAgents.Messaging;
using OrleansAgents.Redis;
using OrleansAgents.Tests.Storage;
using Xunit;

namespace OrleansAgents.Tests.Audit;

public sealed class AuditSettingsTests
{
    [Fact]
    public void Registration_OfAVolatileKindThatIsAudited_IsRefused() => Assert.Contains(
        "only a durable agent has an audit log",
        Assert.Throws<InvalidOperationException>(() => AgentRegistration.Of(typeof(ForgetfulAgent))).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData(typeof(TillAgent), false, true)]
    [InlineData(typeof(PlainAgent), false, false)]
    [InlineData(typeof(PlainAgent), true, true)]
    public void Handlers_OfAKind_AnswerReadersOfItsLogWhereItHasOne(Type agentClass, bool auditAll, bool expected)
    {
        var table = new HandlerTable(agentClass, HandlerTable.FindAttribute(agentClass), auditAll);

        Assert.Equal((expected, expected), (table.IsAudited, table.Find(Contract.Untyped("agent.audit")) is { IsQuery: true }));
    }

    [Fact]
    public void Settings_OfTheSilo_HaveTheLogAndItsKey()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, new string('k', 32));

        var options = Read("Agents:Audit=true", $"Agents:AuditKeyFile={file}");

        Assert.Equal((true, file), (options.Audit, options.AuditKeyFile));
        File.WriteAllText(file, "short");
        Assert.StartsWith(
            $"Agents:AuditKeyFile: The key file '{file}' holds 5 bytes",
            Assert.Throws<SettingsException>(() => Read($"Agents:AuditKeyFile={file}")).Message, StringComparison.Ordinal);
        File.Delete(file);
    }

    [Fact]
    public void RedisCommit_WithoutEntries_IsNoLongerForAudits()
    {
        var commits = new RedisCommit(new RedisKeys("test", 16), new RedisStoreOptions(), TimeProvider.System);
        var (plain, audited) = (TestCommits.State(0, "0"), TestCommits.State(0, "0") with { Audit = TestLog.Chain(1) });

        Assert.Equal(7, commits.Keys(TestCommits.Pricer, plain).Length);
        Assert.Equal(8, commits.Keys(TestCommits.Pricer, audited).Length);
        // The number of positions is the last that every commit has; the log adds a number, its entry, its end and its beginning.
        Assert.Equal(0, (int)commits.Arguments(TestCommits.Pricer, plain)[^1]);
        Assert.Equal(4, commits.Arguments(TestCommits.Pricer, audited).Length - commits.Arguments(TestCommits.Pricer, plain).Length);
    }

    private static SiloOptions Read(params string[] settings) => SiloSettings.Read(new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(s => s.Split('=', 2)).Select(s => KeyValuePair.Create<string, string?>(s[0], s[1])))
        .Build());

    private sealed class Till;

    [Agent("till", Audited = true)]
    private sealed class TillAgent : Agent<Till>;

    [Agent("plain")]
    private sealed class PlainAgent : Agent<Till>;

    [Agent("forgetful", Audited = true)]
    private sealed class ForgetfulAgent : Agent;
}
