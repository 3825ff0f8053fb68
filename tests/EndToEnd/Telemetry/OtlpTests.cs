using System.Net;
using System.Text;
using OrleansAgents.Tests.Hosting;

namespace OrleansAgents.Tests.Telemetry;

public sealed class OtlpTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Silo_ToldOfAnOtlpEndpoint_ExportsTheTurnsSpans()
    {
        var endpoint = $"http://127.0.0.1:{Programs.FreePort()}/";
        using var receiver = new HttpListener { Prefixes = { endpoint } };
        receiver.Start();
        await using var silo = new SiloProcess();
        await using var program = silo.Start(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
        });
        await program.FirstLine.WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System, Token);
        const string Trace = "0af7651916cd43dd8448eb211c80319c";
        var line = $$"""{"sender":"test/otlp","recipient":"counter/otlp","type":"counter.add","payload":{"amount":1},"traceparent":"00-{{Trace}}-b7ad6b7169203331-01"}""";
        var (code, _, error) = await silo.AgentsAsync(line + "\n", "send", "-");
        Assert.True(code == 0, error);
        var span = await ReceiveAsync(receiver, "counter counter.add");
        Assert.Contains("orleans-agents", Encoding.Latin1.GetString(span), StringComparison.Ordinal);
        Assert.True(span.AsSpan().IndexOf(Convert.FromHexString(Trace)) >= 0, "The span is not of the message's trace.");
    }

    /// <summary>Answers every export until one of traces holds the text: texts and ids stand in a protobuf message as they are.</summary>
    private static async Task<byte[]> ReceiveAsync(HttpListener receiver, string text)
    {
        while (true)
        {
            var context = await receiver.GetContextAsync().WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System, Token);
            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body, Token);
            context.Response.ContentType = "application/x-protobuf";
            context.Response.Close();
            if (context.Request is { HttpMethod: "POST", ContentType: "application/x-protobuf", Url.AbsolutePath: "/v1/traces" }
                && body.ToArray().AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0)
            {
                return body.ToArray();
            }
        }
    }
}
