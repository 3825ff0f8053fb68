using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace OrleansAgents.Tests.Hosting;

/// <summary>A page in a real browser: Chromium without a window, spoken to by its DevTools protocol.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    // It is to talk to the silo alone; the sandbox is nothing that root may have.
    private static readonly string[] Switches =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--window-size=1400,900",
    ];

    private readonly RunningProgram _chromium;
    private readonly string _profile;
    private readonly ClientWebSocket _page = new();
    private int _calls;

    private Browser(RunningProgram chromium, string profile) => (_chromium, _profile) = (chromium, profile);

    /// <summary>Opens a page.</summary>
    public static async Task<Browser> OpenAsync(string url, CancellationToken cancellationToken)
    {
        var profile = System.IO.Directory.CreateTempSubdirectory("agents-browser-").FullName;
        var port = Programs.FreePort();
        var chromium = RunningProgram.Run("chromium", [.. Switches, $"--user-data-dir={profile}", $"--remote-debugging-port={port}", "about:blank"]);
        var browser = new Browser(chromium, profile);
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(Patience);
            await browser._page.ConnectAsync(await browser.FindPageAsync($"http://127.0.0.1:{port}/json", patience.Token), patience.Token);
            // Answered when the browser has left the blank page, whose script would be no use.
            await browser.CallAsync("Page.navigate", new { url }, patience.Token);
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until the page shows a text, and gives all that it shows.</summary>
    public async Task<string> WaitForAsync(string wanted, CancellationToken cancellationToken)
    {
        // The page is watched from within: a frame is drawn, and it is looked at again. At first it has no body.
        var script = $$"""
            new Promise((done, fail) => {
                const end = Date.now() + {{Patience.TotalMilliseconds}};
                const look = () => {
                    const text = document.body?.innerText ?? '';
                    text.includes({{JsonSerializer.Serialize(wanted)}}) ? done(text)
                        : Date.now() > end ? fail(new Error('It did not come; the page says: ' + text)) : requestAnimationFrame(look);
                };
                look();
            })
            """;
        var answer = await CallAsync("Runtime.evaluate", new { expression = script, awaitPromise = true }, cancellationToken);
        Assert.False(answer.TryGetProperty("exceptionDetails", out var fault), $"{fault}");
        return answer.GetProperty("result").GetProperty("value").GetString()!;
    }

    public async ValueTask DisposeAsync()
    {
        _page.Dispose();
        await _chromium.DisposeAsync();
        try
        {
            System.IO.Directory.Delete(_profile, recursive: true);
        }
        catch (IOException)
        {
            // A process of the browser's own still ends; what is left lies with the other temporary files.
        }
    }

    private async Task<Uri> FindPageAsync(string list, CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        for (; ;)
        {
            Assert.False(_chromium.HasExited, $"The browser ended: {_chromium.Error}");
            try
            {
                var pages = await http.GetFromJsonAsync<JsonElement>(list, cancellationToken);
                if (pages.EnumerateArray().FirstOrDefault(p => p.GetProperty("type").GetString() == "page") is { ValueKind: JsonValueKind.Object } page)
                {
                    return new Uri(page.GetProperty("webSocketDebuggerUrl").GetString()!);
                }
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellationToken);
        }
    }

    private async Task<JsonElement> CallAsync(string method, object parameters, CancellationToken cancellationToken)
    {
        var id = ++_calls;
        await _page.SendAsync(JsonSerializer.SerializeToUtf8Bytes(new { id, method, @params = parameters }), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        for (; ;)
        {
            var message = JsonDocument.Parse(await ReceiveAsync(cancellationToken)).RootElement;
            if (message.TryGetProperty("id", out var answered) && answered.GetInt32() == id)
            {
                return message.TryGetProperty("result", out var result) ? result : throw new InvalidOperationException($"{method}: {message}");
            }
        }
    }

    private async Task<string> ReceiveAsync(CancellationToken cancellationToken)
    {
        using var message = new MemoryStream();
        var buffer = new byte[16 * 1024];
        ValueWebSocketReceiveResult read;
        do
        {
            read = await _page.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            message.Write(buffer.AsSpan(0, read.Count));
        }
        while (!read.EndOfMessage);
        return Encoding.UTF8.GetString(message.GetBuffer(), 0, (int)message.Length);
    }
}
