using System.Text.Json;
using OrleansAgents.Tests.Hosting;

namespace OrleansAgents.Tests.Security;

/// <summary>A silo with keys, and commands with and without.</summary>
public sealed class EncryptionTests : IAsyncLifetime
{
    private const string Marker = "quetzalcoatl";

    private readonly SiloProcess _silo = new();
    private readonly string _keys = Path.GetTempFileName();
    private readonly string _secret = Path.GetTempFileName();
    private RunningProgram? _program;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(_secret, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n", Token);
        await File.WriteAllTextAsync(
            _keys, JsonSerializer.Serialize(new { Groups = new[] { new { Name = "all", Recipients = new[] { "*" }, Keys = new[] { new { Id = "k1", File = _secret } } } } }), Token);
        _program = _silo.Start(
            "--Agents:Encryption:Groups:0:Name", "all", "--Agents:Encryption:Groups:0:Recipients:0", "*",
            "--Agents:Encryption:Groups:0:Keys:0:Id", "k1", "--Agents:Encryption:Groups:0:Keys:0:File", _secret);
        await _program.FirstLine.WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System, Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _program!.DisposeAsync();
        await _silo.DisposeAsync();
        File.Delete(_keys);
        File.Delete(_secret);
    }

    [Fact]
    public async Task Commands_WithKeys_SealAndOpenAndTheStoreHoldsCiphertext()
    {
        Assert.Contains(Marker, (await RunAsync(0, "ask", "echo/a", "demo.text", $$"""{"text":"{{Marker}}"}""")).Output, StringComparison.Ordinal);
        await RunAsync(0, "publish", "secret/a", "demo.text", $$"""{"text":"{{Marker}}"}""");
        Assert.Contains(Marker, (await RunAsync(0, "watch", "secret/a", "--from", "beginning", "--count", "1")).Output, StringComparison.Ordinal);
        var closed = await _silo.AgentsAsync(null, "watch", "secret/a", "--from", "beginning", "--count", "1");
        Assert.Equal(1, closed.ExitCode);
        Assert.Contains("not-sealed", closed.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(Marker, closed.Output + closed.Error, StringComparison.Ordinal);

        // The relay's message is refused, and becomes a letter.
        await RunAsync(0, "tell", "relay/a", "relay.send", $$"""{"to":"counter/a","type":"counter.unheard","payload":{"text":"{{Marker}}"} }""");
        var letter = "";
        while (letter.Length == 0)
        {
            letter = (await RunAsync(0, "deadletters", "list", "--json")).Output;
        }

        var shown = (await RunAsync(0, "deadletters", "show", JsonElement.Parse(letter).GetProperty("id").GetString()!, "--json")).Output;
        Assert.Equal(Marker, JsonElement.Parse(shown).GetProperty("envelope").GetProperty("payload").GetProperty("text").GetString());

        await _program!.DisposeAsync();
        foreach (var path in System.IO.Directory.GetFiles(_silo.DataDirectory))
        {
            Assert.DoesNotContain(Marker, System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(path, Token)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Commands_WithoutKeys_AreRefused()
    {
        var (code, _, error) = await _silo.AgentsAsync(null, "ask", "echo/a", "demo.text", "{}");
        Assert.Equal(1, code);
        Assert.Contains("not-sealed", error, StringComparison.Ordinal);
        (code, _, error) = await _silo.AgentsAsync(null, "ask", "echo/a", "demo.text", "{}", "--encryption-keys", "/nowhere/keys.json");
        Assert.Equal(2, code);
        Assert.Contains("/nowhere/keys.json", error, StringComparison.Ordinal);
    }

    private async Task<(string Output, string Error)> RunAsync(int expected, params string[] arguments)
    {
        var (code, output, error) = await _silo.AgentsAsync(null, [.. arguments, "--encryption-keys", _keys]);
        Assert.True(code == expected, $"{code}: {error}{output}");
        return (output, error);
    }
}
