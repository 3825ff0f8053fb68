using System.Net;
using OrleansAgents.Tests.Hosting;

namespace OrleansAgents.Tests.Security;

/// <summary>What real silos show on the wire, and whom they let in.</summary>
public sealed class ChannelTests(SecureSilos silos) : IClassFixture<SecureSilos>
{
    private const string Marker = "a-marker-that-nobody-else-writes";
    private const string Message = """{"recipient":"counter/http","type":"counter.add","payload":{"amount":2}}""";

    [Fact]
    public async Task Wire_OfSilosAndClientsWithTls_ShowsNothingAndWithoutItAll()
    {
        // The same at both, or the first would prove nothing.
        Assert.Contains(Marker, await CaptureAsync(silos.Plain, "plain"), StringComparison.Ordinal);
        var wire = await CaptureAsync(silos.Secure, "agents", SecureSilos.Tls(silos.Client));
        Assert.DoesNotContain(Marker, wire, StringComparison.Ordinal);
        // Something did pass.
        Assert.True(wire.Length > 10_000, $"{wire.Length} bytes were captured.");
    }

    [Fact]
    public async Task Command_ThatSpeaksOtherwiseThanTheSilo_SaysSoInOneSentence()
    {
        var (code, _, error) = await SecureSilos.AgentsAsync("list", "--gateway", Gateway(silos.Secure));
        Assert.Equal((3, 1), (code, error.Split('\n').Length));
        Assert.Contains("speaks TLS; give --tls-certificate", error, StringComparison.Ordinal);
        (code, _, error) = await SecureSilos.AgentsAsync(["list", "--gateway", Gateway(silos.Plain), "--cluster", "plain", .. SecureSilos.Tls(silos.Client)]);
        Assert.Equal((3, 1), (code, error.Split('\n').Length));
        Assert.Contains("speaks no TLS", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_WithACertificateOfAnotherAuthority_IsRefused()
    {
        var (code, _, error) = await SecureSilos.AgentsAsync(["list", "--redis", silos.Redis, .. SecureSilos.Tls(silos.Foreign)]);
        Assert.Equal(3, code);
        Assert.Contains("does not take this side's certificate", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silo_OpenBeyondItsMachineAndNotEncrypted_DoesNotStart()
    {
        await using var silo = RunningProgram.Start(Programs.Silo, ["--Agents:Profile", "Memory", "--Agents:Listen", "0.0.0.0"]);
        Assert.Equal(1, await silo.ExitAsync(TestContext.Current.CancellationToken));
        var fault = Assert.Single(silo.Error.Split('\n'), line => line.Length > 0);
        Assert.Contains("Agents:Tls:Certificate", fault, StringComparison.Ordinal);
        Assert.Contains("Agents:Tls:Plaintext=true", fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Http_WithAKeyOrAToken_SendsAsItsIdentity()
    {
        var (status, receipt, _) = await silos.PostAsync(Message, SecureSilos.Key);
        Assert.Equal((HttpStatusCode.OK, "accepted"), (status, receipt.GetProperty("outcome").GetString()));
        Assert.Equal(2, receipt.GetProperty("reply").GetProperty("value").GetInt32());
        (status, _, _) = await silos.PostAsync(From("client/shop"), SecureSilos.Key);
        Assert.Equal(HttpStatusCode.OK, status);
        (status, receipt, _) = await silos.PostAsync(From("client/ann"), silos.Token("ann"));
        Assert.Equal((HttpStatusCode.OK, 6), (status, receipt.GetProperty("reply").GetProperty("value").GetInt32()));
    }

    [Fact]
    public async Task Http_FromSomebodyElse_IsRefused()
    {
        await RefusedAsync(HttpStatusCode.Unauthorized, "unauthenticated", Message, null);
        await RefusedAsync(HttpStatusCode.Unauthorized, "unauthenticated", Message, "a key that nobody gave");
        await RefusedAsync(HttpStatusCode.Unauthorized, "unauthenticated", Message, silos.Token("ann", audience: "others"));
        await RefusedAsync(HttpStatusCode.Unauthorized, "unauthenticated", Message, silos.Token("ann", life: TimeSpan.FromHours(-1)));
        await RefusedAsync(HttpStatusCode.Unauthorized, "unauthenticated", Message, silos.Token("ann")[..^4] + "AAAA");
        await RefusedAsync(HttpStatusCode.Forbidden, "not-yours", From("client/bob"), SecureSilos.Key);
        await RefusedAsync(HttpStatusCode.Forbidden, "not-yours", From("client/bob"), silos.Token("ann"));
        await RefusedAsync(HttpStatusCode.NotFound, "unknown-kind", Message.Replace("counter/", "cuonter/", StringComparison.Ordinal), SecureSilos.Key);
        await RefusedAsync(HttpStatusCode.RequestEntityTooLarge, "too-large", new string('x', 400_000), SecureSilos.Key);
    }

    [Fact]
    public async Task Http_FasterThanTheRate_IsRefusedWithAdvice()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => silos.PostAsync(Message.Replace("/http", "/slow", StringComparison.Ordinal), SecureSilos.SlowKey)));
        var refused = answers.Where(a => a.Status == HttpStatusCode.TooManyRequests).ToList();
        Assert.InRange(answers.Length - refused.Count, 2, 12);
        Assert.NotEmpty(refused);
        Assert.All(refused, a => Assert.Equal((TimeSpan.FromSeconds(1), "rate-limited"), (a.Headers.RetryAfter?.Delta, a.Receipt.GetProperty("code").GetString())));
    }

    private static string Gateway(RedisSilo silo) => $"127.0.0.1:{silo.GatewayPort}";

    private static string From(string sender) => Message.Replace("{\"rec", $$"""{"sender":"{{sender}}","rec""", StringComparison.Ordinal);

    private async Task RefusedAsync(HttpStatusCode expected, string code, string message, string? bearer)
    {
        var (status, receipt, _) = await silos.PostAsync(message, bearer);
        Assert.Equal((expected, code), (status, receipt.GetProperty("code").GetString()));
    }

    /// <summary>Speaks to agents by the gateway, some of which live at the other silo, with the marker as address and as payload.</summary>
    private async Task<string> CaptureAsync(RedisSilo silo, string cluster, params string[] more)
    {
        await using var capture = await WireCapture.StartAsync([silos.Secure.GatewayPort, silos.Secure.SiloPort, silos.Other.GatewayPort, silos.Other.SiloPort, silos.Plain.GatewayPort]);
        for (var i = 0; i < 3; i++)
        {
            var (code, output, error) = await SecureSilos.AgentsAsync(
                ["ask", $"echo/{Marker}-{i}", "note", $$"""{"text":"{{Marker}}"}""", "--gateway", Gateway(silo), "--cluster", cluster, .. more]);
            Assert.True(code == 0, error);
            Assert.Contains(Marker, output, StringComparison.Ordinal);
        }

        return await capture.EndAsync();
    }
}
