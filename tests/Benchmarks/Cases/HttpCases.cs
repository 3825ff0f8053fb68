using System.Text;
using OrleansAgents.Tests.Hosting;
using OrleansAgents.Tests.Measuring;
using OrleansAgents.Tests.Workload;

namespace OrleansAgents.Tests.Cases;

/// <summary>Asks by HTTP, with a key, beside a bare endpoint of ASP.NET that calls a raw grain and knows no callers.</summary>
internal static class HttpCases
{
    private const int Callers = 32;

    public static async IAsyncEnumerable<Row> RunAsync(BenchmarkOptions options)
    {
        await using var host = await HttpHost.StartAsync();
        // Both sides take the same JSON and answer with nearly the same.
        var raw = await host.ConnectAsync(Callers, i => HttpConnection.Request($"/raw/raw-{i}", Texts.QuoteJson));
        var asks = await host.ConnectAsync(
            Callers, i => HttpConnection.Request($"/agents/{QuoteAgent.Kind}/agent-{i}/ask/bench.quote", Texts.QuoteJson, HttpHost.Credentials));
        (string Name, HttpCall Call)[] cases = [("http ask", asks)];
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

    private static async Task CheckAsync(HttpCall call)
    {
        var answer = Encoding.UTF8.GetString((await call.AskAsync(0)).Span);
        Check.That(answer.Contains(Texts.Price, StringComparison.Ordinal), $"The answer is wrong: {answer}");
    }
}
