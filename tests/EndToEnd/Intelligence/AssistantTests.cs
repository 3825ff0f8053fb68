using System.Text.Json;
using OrleansAgents.Tests.Endpoints;
using OrleansAgents.Tests.Hosting;

namespace OrleansAgents.Tests.Intelligence;

/// <summary>The demo agent that talks, as it comes: with the offline model.</summary>
public sealed class AssistantTests(SiloProcess silo) : IDisposable
{
    private readonly HttpCaller _http = new(silo);

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task Assistant_AskedFromTheCommandLine_AnswersAndRemembers()
    {
        var (code, output, error) = await silo.AgentsAsync(null, "ask", "assistant/cli", "chat.say", """{"parts":[{"text":"call counter__counter_add {\"amount\":2}"}]}""");
        Assert.True(code == 0, error);
        Assert.Equal("""This is the offline model, which does not think. The tools answered: {"value":2}""", JsonElement.Parse(output).GetProperty("parts")[0].GetProperty("text").GetString());
        (code, output, error) = await silo.AgentsAsync(null, "ask", "assistant/cli", "chat.history", "{}");
        Assert.True(code == 0, error);
        Assert.Equal(["user", "assistant", "tool", "assistant"], JsonElement.Parse(output).GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("role").GetString()));
    }

    [Fact]
    public async Task Assistant_AsARunByHttp_StreamsAndAsksForApproval()
    {
        var started = await _http.PostAsync("/agents/assistant/http/run/chat.say", """{"parts":[{"text":"call wait {\"seconds\":0}"}]}""");
        var run = $"/runs/{started.Text("run")}";
        var text = "";
        using var events = await _http.ReadAsync($"{run}/events");
        while (await events.NextAsync() is { } one)
        {
            if (one.Data.GetProperty("state").ToString() == "inputRequired")
            {
                var asked = one.Data.GetProperty("message").GetProperty("parts")[1].GetProperty("data");
                await _http.PostAsync($"{run}/say", $$$"""{"parts":[{"data":{"approve":true,"call":"{{{asked.GetProperty("call").GetString()}}}"}}]}""");
            }

            if (one.Data.GetProperty("artifact") is { ValueKind: JsonValueKind.Object } artifact)
            {
                text = (artifact.GetProperty("append").GetBoolean() ? text : "") + artifact.GetProperty("parts")[0].GetProperty("text").GetString();
            }
        }

        Assert.Equal("This is the offline model, which does not think. The tools answered: Done.", text);
        Assert.Equal("completed", (await _http.GetAsync(run)).Text("state"));
    }
}
