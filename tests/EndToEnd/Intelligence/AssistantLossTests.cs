using OrleansAgents.Agents;
using OrleansAgents.Intelligence;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;
using OrleansAgents.Tests.Cluster;
using OrleansAgents.Tests.Hosting;
using OrleansAgents.Tests.Models;

namespace OrleansAgents.Tests.Intelligence;

/// <summary>An agent that talks, on silos of which one is killed while the model speaks.</summary>
public sealed class AssistantLossTests
{
    private static readonly AgentId Assistant = new("assistant", "loss");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_WhoseSiloIsKilledWhileTheModelSpeaks_GoesOnAndNoWordIsLostOrDoubled()
    {
        await using var model = await LocalModelServer.StartAsync(Token);
        model.Script(
            ModelSteps.Call("counter__counter_add", """{"amount":1}"""),
            ModelSteps.Stall("Once ", "upon "),
            ModelSteps.Say("Once ", "upon ", "a ", "time."));
        await using var silos = await RedisSilos.StartAsync(
            2, "--Agents:Models:default:Provider", "openai", "--Agents:Models:default:Model", "local", "--Agents:Models:default:Endpoint", model.OpenAi.ToString());
        await using var outside = await OutsideClient.ConnectAsync(silos.Redis.ConnectionString);
        var run = await outside.Agents.StartAsync(Assistant, ChatSay.Of("Tell me a story."), cancellationToken: Token);
        await model.StallsAsync(Token);
        var (text, events, wasKilled) = ("", new List<long>(), false);
        await foreach (var one in run.FollowAsync(cancellationToken: Token))
        {
            events.Add(one.Sequence);
            if (one.Artifact is { } artifact)
            {
                text = (artifact.Append ? text : "") + artifact.Parts[0].Text;
            }

            if (text == "Once upon " && !wasKilled)
            {
                wasKilled = true;
                await (await HostAsync(silos)).KillAsync();
            }
        }

        Assert.True(wasKilled, $"It said '{text}' and nobody was killed.");
        Assert.Equal("Once upon a time.", text);
        Assert.Equal(Enumerable.Range(1, events.Count).Select(i => (long)i), events);
        var read = await run.ReadAsync(cancellationToken: Token);
        Assert.Equal((RunState.Completed, text), (read.State, read.Artifacts.Single().Parts.Single().Text));
        // The tool whose result was stored is not called again, and the model was told it by each of the two.
        Assert.Equal(1, await outside.ReadAsync("counter/loss", "counter.read", "value"));
        Assert.Equal([1, 3, 3], model.Requests.Select(r => r.Body.GetProperty("messages").GetArrayLength() - 1));
        var history = await outside.Agents.Agent(Assistant).AskAsync(new ChatHistory(), cancellationToken: Token);
        Assert.Equal(["user", "assistant", "tool", "assistant"], history.Messages.Select(m => m.Role));
    }

    /// <summary>The silo that the assistant is active on.</summary>
    private static async Task<RedisSilo> HostAsync(RedisSilos silos)
    {
        for (var i = 0; ; i = (i + 1) % silos.Count)
        {
            Token.ThrowIfCancellationRequested();
            if ((await silos[i].GetAsync("/metrics")).Text.Split('\n').Any(line =>
                line.StartsWith("agents_active", StringComparison.Ordinal) && line.Contains("\"assistant\"", StringComparison.Ordinal) && !line.TrimEnd().EndsWith(" 0", StringComparison.Ordinal)))
            {
                return silos[i];
            }
        }
    }
}
