using OrleansAgents.Tests.Hosting;

namespace OrleansAgents.Tests.Mcp;

/// <summary>Other people's client, without a line of ours.</summary>
public sealed class InteropTests(SiloProcess silo)
{
    private static readonly string Folder = Path.Combine(Programs.Repository, "samples", "interop", "mcp");

    [Fact]
    public async Task Client_OfThePublicSdk_ListsToolsAndCallsThem()
    {
        Assert.True(System.IO.Directory.Exists(Path.Combine(Folder, "node_modules")), $"The SDK is missing; run 'npm ci' in {Folder}, or ./test.sh.");
        await using var client = RunningProgram.Run("node", [Path.Combine(Folder, "client.mjs"), silo.Url + "/mcp", SiloProcess.ShopKey]);
        var code = await client.ExitAsync(TestContext.Current.CancellationToken);
        Assert.True(code == 0, client.Output + client.Error);
        var lines = client.Output.Split('\n');
        Assert.Equal(
            ["assistant__chat_say", "counter__counter_add", "counter__counter_read", "worker__work_steps", "run__wait", "run__say", "run__cancel"],
            lines[0].Split(' ').Where(tool => !tool.StartsWith("assistant__", StringComparison.Ordinal) || tool == "assistant__chat_say").Skip(1));
        Assert.StartsWith("said: This is the offline model, which does not think.", lines[1], StringComparison.Ordinal);
        Assert.Equal(
            [
                "added: {\"value\":2}",
                "once: {\"value\":7} accepted",
                "again: {\"value\":7} duplicate",
                "refused: true invalid-payload",
                "unknown: -32602",
                "worked: 5 steps done. | 1 2 3 4 5 with progress",
                "asked: Shall I begin?",
                "answered: 1 steps done. | 1",
                "gave up: true",
                "cancelled: cancelled",
            ],
            lines[2..]);
        Assert.Equal("", client.Error);
    }
}
