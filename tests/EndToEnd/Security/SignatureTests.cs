using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using OrleansAgents.Tests.Hosting;

namespace OrleansAgents.Tests.Security;

/// <summary>Against a silo as one runs in production: what comes from outside must be signed.</summary>
public sealed class SignatureTests(SiloProcess silo)
{
    private static readonly HttpClient Http = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Command_WithoutAKey_IsRefused()
    {
        await using var program = RunningProgram.Start(
            Programs.Agents, ["ask", "counter/unsigned", "counter.add", """{"amount":1}""", "--json", "--gateway", silo.Gateway]);
        Assert.Equal(1, await program.ExitAsync(Token));
        Assert.Contains("\"not-signed\"", program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Python_SignsAMessage_ThatIsAcceptedAndRefusedWithOneByteAltered()
    {
        var (code, output) = await SignAsync("--post", $"{silo.Url}/messages", "tests", silo.KeyFile, "client/python", "counter/python", "counter.add", """{"amount":3}""");
        Assert.True(code == 0, output);
        Assert.Equal(3, JsonElement.Parse(output).GetProperty("reply").GetProperty("value").GetInt32());

        (_, var signed) = await SignAsync("tests", silo.KeyFile, "client/python", "counter/python", "counter.add", """{"amount":4,"note":"Zoë \ud83d\ude80 \"quoted\""}""");
        Assert.Equal((HttpStatusCode.Unauthorized, "bad-signature"), await PostAsync(signed.Replace("\"amount\":4", "\"amount\":5", StringComparison.Ordinal)));
        Assert.Equal((HttpStatusCode.Unauthorized, "bad-signature"), await PostAsync(signed.Replace("client/python", "client/pythom", StringComparison.Ordinal)));
        Assert.Equal((HttpStatusCode.OK, null), await PostAsync(signed));
        // The very same once more is the same message.
        Assert.Equal((HttpStatusCode.OK, null), await PostAsync(signed));
        var (_, total, _) = await silo.AgentsAsync(null, "ask", "counter/python", "counter.read", "{}", "--json");
        Assert.Equal(7, JsonElement.Parse(total).GetProperty("reply").GetProperty("value").GetInt32());
    }

    [Fact]
    public async Task Http_WithNoProofAtAll_IsRefused() => Assert.Equal(
        (HttpStatusCode.Unauthorized, "unauthenticated"),
        await PostAsync("""{"sender":"client/python","recipient":"counter/python","type":"counter.add","payload":{"amount":1}}"""));

    private static async Task<(int Code, string Output)> SignAsync(params string[] arguments)
    {
        await using var program = RunningProgram.Run("python3", [Path.Combine(Programs.Repository, "samples", "interop", "sign.py"), .. arguments]);
        var code = await program.ExitAsync(Token);
        return (code, program.Output + program.Error);
    }

    private async Task<(HttpStatusCode Status, string? Code)> PostAsync(string message)
    {
        using var body = new StringContent(message, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        using var answer = await Http.PostAsync(new Uri($"{silo.Url}/messages"), body, Token);
        var receipt = JsonElement.Parse(await answer.Content.ReadAsStringAsync(Token));
        return (answer.StatusCode, receipt.TryGetProperty("code", out var code) ? code.GetString() : null);
    }
}
