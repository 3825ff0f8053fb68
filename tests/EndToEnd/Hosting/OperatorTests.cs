using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace OrleansAgents.Tests.Hosting;

/// <summary>Where metrics and dashboard answer, and where they do not.</summary>
public sealed class OperatorTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Dashboard_OnTheLoopbackAddress_LoadsItsScriptsAndItsFigures()
    {
        await using var silo = new SiloProcess();
        await silo.InitializeAsync();
        using var http = new HttpClient();
        // Followed to the address with the slash at its end, without which what the page names would not be found.
        using var page = await http.GetAsync(new Uri(silo.Url + "/dashboard"), Token);
        var address = page.RequestMessage!.RequestUri!;
        Assert.EndsWith("/dashboard/", address.ToString(), StringComparison.Ordinal);
        var parts = Regex.Matches(await page.Content.ReadAsStringAsync(Token), "(src|href)=\"(?<file>[^\"#]+\\.(js|css|ico))\"", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5));
        Assert.True(parts.Count >= 3, $"The page names only {parts.Count} files.");
        foreach (var part in parts.Select(match => match.Groups["file"].Value))
        {
            using var file = await http.GetAsync(new Uri(address, part), Token);
            Assert.True(file.StatusCode == HttpStatusCode.OK, $"{part}: {file.StatusCode}");
        }

        // It knows of its silo when it has looked for the first time.
        var hosts = await ReadHostsAsync(http, address);
        while (hosts.GetArrayLength() == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Token);
            hosts = await ReadHostsAsync(http, address);
        }

        Assert.Equal("Active", Assert.Single(hosts.EnumerateArray()).GetProperty("status").GetString());
        using var trace = await http.GetAsync(new Uri(address, "Trace"), Token);
        Assert.Equal(HttpStatusCode.Forbidden, trace.StatusCode);
    }

    [Fact]
    public async Task Operator_WithAnAddressOfItsOwn_AnswersOnlyThere()
    {
        var door = $"http://127.0.0.1:{Programs.FreePort()}";
        await using var silo = new SiloProcess();
        await using var program = silo.Start("--Agents:Profile", "Memory", "--Agents:Operator:Urls", door);
        await program.FirstLine.WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System, Token);
        await AssertAsync(silo.Url, HttpStatusCode.NotFound);
        await AssertAsync(door, HttpStatusCode.OK);
    }

    [Fact]
    public async Task Operator_OnAnAddressForAll_DoesNotAnswer()
    {
        await using var silo = new SiloProcess();
        var port = Programs.FreePort();
        await using var program = silo.Start("--Agents:Profile", "Memory", "--urls", $"{silo.Url};http://[::]:{port}", "--Agents:Tls:Plaintext", "true");
        await program.FirstLine.WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System, Token);
        await AssertAsync(silo.Url, HttpStatusCode.OK);
        // The connection comes in by the loopback address; the door that it comes in by is open to all.
        await AssertAsync($"http://127.0.0.1:{port}", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Operator_SwitchedOff_DoesNotAnswer()
    {
        await using var silo = new SiloProcess();
        await using var program = silo.Start("--Agents:Profile", "Memory", "--Agents:Operator:Enabled", "false");
        await program.FirstLine.WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System, Token);
        await AssertAsync(silo.Url, HttpStatusCode.NotFound);
    }

    private static async Task<JsonElement> ReadHostsAsync(HttpClient http, Uri dashboard) =>
        JsonElement.Parse(await http.GetStringAsync(new Uri(dashboard, "DashboardCounters"), Token)).GetProperty("hosts");

    /// <summary>Health answers everywhere.</summary>
    private static async Task AssertAsync(string url, HttpStatusCode expected)
    {
        using var http = new HttpClient();
        foreach (var path in (string[])["/metrics", "/dashboard/", "/dashboard/index.min.js", "/dashboard/DashboardCounters"])
        {
            using var response = await http.GetAsync(new Uri(url + path), Token);
            Assert.True(response.StatusCode == expected, $"{url}{path}: {response.StatusCode}");
        }

        using var ready = await http.GetAsync(new Uri(url + "/healthz/ready"), Token);
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
    }
}
