using System.Text.RegularExpressions;
using OrleansAgents.Tests.Endpoints;
using OrleansAgents.Tests.Hosting;

namespace OrleansAgents.Tests.A2A;

/// <summary>Agents of one silo, called by A2A as agents of another.</summary>
public sealed partial class RemoteTests(SiloProcess there) : IAsyncLifetime
{
    private SiloProcess _here = null!;
    private HttpCaller _http = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _here = new SiloProcess { Settings = [.. ((string[])["echo", "counter", "worker"]).SelectMany(Remote)] };
        await _here.InitializeAsync();
        _http = new HttpCaller(_here);

        string[] Remote(string kind) => [$"--Agents:Remotes:{kind}:Url", $"{there.Url}/a2a/{kind}", $"--Agents:Remotes:{kind}:Key", SiloProcess.ShopKey];
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _here.DisposeAsync();
    }

    [Fact]
    public async Task Agents_OfAnotherSilo_AreAskedContractByContractAndTheirTasksOutliveThisOne()
    {
        await AskAsync();
        await RunAsync();
        await FollowDocumentAsync();
    }

    private async Task AskAsync()
    {
        // In one conversation it is one agent there, whichever agent here asks.
        Assert.Equal("""{"value":2}""", (await _http.PostAsync("/agents/remote/counter%2Fa/ask/counter.add", """{"amount":2}""", headers: ("Agents-Conversation-Id", "till"))).Body);
        Assert.Equal("""{"value":5}""", (await _http.PostAsync("/agents/remote/counter%2Fb/ask/counter.add", """{"amount":3}""", headers: ("Agents-Conversation-Id", "till"))).Body);
        // What the gate there finds out is told here, and what is wrong with a name here, too.
        (await _http.PostAsync("/agents/remote/counter/ask/counter.add", """{"amount":"two"}""")).AssertProblem(422, "remote.refused");
        (await _http.PostAsync("/agents/remote/counter/ask/counter.nothing", "{}")).AssertProblem(422, "remote.refused");
        (await _http.PostAsync("/agents/remote/nobody/ask/chat.say", """{"parts":[{"text":"x"}]}""")).AssertProblem(422, "remote.unknown");
    }

    /// <summary>Kills this silo in the middle of a task of the other, and goes on with the same one.</summary>
    private async Task RunAsync()
    {
        var begun = await _http.PostAsync("/agents/remote/worker/run/work.steps", """{"steps":30,"ms":100}""");
        var run = $"/runs/{begun.Text("run")}";
        while ((await _http.GetAsync(run)).Json.GetProperty("artifacts").GetArrayLength() == 0)
        {
            Token.ThrowIfCancellationRequested();
        }

        await _here.KillAsync();
        await _here.RestartAsync();
        HttpAnswer read;
        while ((read = await _http.GetAsync(run)).Text("state") is "submitted" or "working")
        {
            Token.ThrowIfCancellationRequested();
        }

        Assert.Equal("completed", read.Text("state"));
        Assert.Equal(string.Concat(Enumerable.Range(1, 30).Select(i => $"{i} ")), read.Json.GetProperty("artifacts")[0].GetProperty("parts")[0].GetProperty("text").GetString());
        using var other = new HttpCaller(there);
        var runs = (await other.GetAsync("/runs?state=completed&limit=1000")).Json.GetProperty("runs").EnumerateArray().Where(r => r.GetProperty("conversation").GetString() == read.Text("conversation"));
        Assert.Single(runs);
    }

    private async Task FollowDocumentAsync()
    {
        var document = await File.ReadAllTextAsync(Path.Combine(Programs.Repository, "docs", "remote.md"), Token);
        var example = Example().Match(document);
        await using var shell = RunningProgram.Run(
            "bash", ["-c", example.Groups["command"].Value], environment: new Dictionary<string, string>(StringComparer.Ordinal) { ["URL"] = _here.Url, ["KEY"] = SiloProcess.ShopKey });
        await shell.ExitAsync(Token);
        Assert.Equal(example.Groups["answer"].Value.Trim(), shell.Output.Trim());
    }

    [GeneratedRegex("```sh\n(?<command>.+?)```\n\n```json\n(?<answer>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Example();
}
