using System.Text;
using OrleansAgents.Tests.Hosting;
using OrleansAgents.Tests.Measuring;
using OrleansAgents.Tests.Workload;

namespace OrleansAgents.Tests.Cases;

/// <summary>Asks by HTTP, and messages by A2A, with a key, beside a bare endpoint of ASP.NET that calls a raw grain and knows no callers.</summary>
internal static class HttpCases
{
    private const int Callers = 32;

    /// <summary>Digits that are others in each request, for a message that is sent again is answered from the first time.</summary>
    private const string Unlike = "0000000000";

    public static async IAsyncEnumerable<Row> RunAsync(BenchmarkOptions options)
    {
        await using var host = await HttpHost.StartAsync();
        // Both sides take the same JSON and answer with nearly the same.
        var raw = await host.ConnectAsync(Callers, i => HttpConnection.Request($"/raw/raw-{i}", Texts.QuoteJson));
        var asks = await host.ConnectAsync(
            Callers, i => HttpConnection.Request($"/agents/{QuoteAgent.Kind}/agent-{i}/ask/bench.quote", Texts.QuoteJson, HttpHost.Credentials));
        var sends = await host.ConnectAsync(
            Callers, i => HttpConnection.Request($"/a2a/{QuoteAgent.Kind}/agent-{i}/message:send", Message, HttpHost.Credentials, "A2A-Version: 1.0"), Unlike);
        (string Name, HttpCall Call)[] cases = [("http ask", asks), ("http a2a send", sends)];
        await CheckAsync(raw);
        foreach (var (name, call) in cases)
        {
            await CheckAsync(call);
            var pairs = new PairedRun(options);
            foreach (var row in await pairs.RunAsync(
                $"{name}, 1 caller", new OneCaller<HttpCall, ReadOnlyMemory<byte>>(call), new OneCaller<HttpCall, ReadOnlyMemory<byte>>(raw)))
            {
                yield return row;
            }

            foreach (var row in await pairs.RunAsync(
                $"{name}, {Callers} in flight", new InFlight<HttpCall, ReadOnlyMemory<byte>>(call, Callers), new InFlight<HttpCall, ReadOnlyMemory<byte>>(raw, Callers)))
            {
                yield return row;
            }
        }
    }

    private static byte[] Message { get; } = Encoding.UTF8.GetBytes(
        $$$"""{"message":{"messageId":"{{{Unlike}}}","role":"ROLE_USER","parts":[{"data":{{{Encoding.UTF8.GetString(Texts.QuoteJson)}}} }]}}""");

    private static async Task CheckAsync(HttpCall call)
    {
        var answer = Encoding.UTF8.GetString((await call.AskAsync(0)).Span);
        Check.That(answer.Contains(Texts.Price, StringComparison.Ordinal), $"The answer is wrong: {answer}");
    }
}
