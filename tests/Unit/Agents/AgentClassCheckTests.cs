using Microsoft.Agents.AI;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Hosting;
using Orleans.Runtime;
using OrleansAgents.Hosting;
using OrleansAgents.Intelligence;
using Xunit;

namespace OrleansAgents.Tests.Agents;

public sealed class AgentClassCheckTests
{
    [Theory]
    [InlineData(typeof(RoundlessAgent), "RoundlessAgent.Options: Rounds is 0; give 1 or more, 8 is the default.")]
    [InlineData(typeof(ForgetfulAgent), "ForgetfulAgent.Options: SessionBytes is -1; give 1 or more, 1 MiB is the default.")]
    [InlineData(typeof(ModellessAgent), "ModellessAgent.Model: There is no model 'clever'; set Agents:Models:clever, or name one of these: default.")]
    [InlineData(typeof(ToollessAgent), "ToollessAgent.ToolSources: There is no source of tools 'shelf'; name one of these, or add it: none.")]
    public async Task Silo_WithAFaultyClass_DoesNotStartAndNamesIt(Type agentClass, string fault)
    {
        using var host = Build(agentClass);
        var refused = await Assert.ThrowsAsync<OrleansConfigurationException>(() => host.StartAsync(TestContext.Current.CancellationToken));
        Assert.EndsWith(fault, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Class_WithoutItsLabelHere_IsNotChecked()
    {
        using var host = Build(typeof(ElsewhereAgent));
        Check(host);
        using var there = Build(typeof(ElsewhereAgent), "elsewhere");
        Assert.Contains("Kept is 1", Assert.Throws<OrleansConfigurationException>(() => Check(there)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(typeof(KeyedAgent))]
    [InlineData(typeof(AddressedAgent))]
    [InlineData(typeof(UnmadeAgent))]
    public void Class_ThatIsRightOrOnlyAnAgentCanSay_LetsTheSiloStart(Type agentClass)
    {
        using var host = Build(agentClass);
        Check(host);
        Assert.False(host.Services.GetRequiredService<Lazy<IChatClient>>().IsValueCreated);
    }

    private static void Check(IHost host)
    {
        foreach (var validator in host.Services.GetServices<IConfigurationValidator>().OfType<OrleansAgents.Agents.AgentClassCheck>())
        {
            validator.ValidateConfiguration();
        }
    }

    private static IHost Build(Type agentClass, params string[] labels)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        var own = new Lazy<IChatClient>(() => new OfflineChatClient());
        builder.Services.AddSingleton(own).AddKeyedSingleton<IChatClient>("own", (_, _) => own.Value);
        builder.Services.AddSingleton<AIAgent, SilentAgent>();
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(Redis.Ports.Next(), gatewayPort: 0).UseMemoryStorage().AddAgents(agents => Array.ForEach(labels, agents.Labels.Add)).AddAgent(agentClass);
        });
        return builder.Build();
    }
}
