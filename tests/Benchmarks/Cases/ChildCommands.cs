using System.Globalization;
using Microsoft.Extensions.Hosting;
using OrleansAgents.Tests.Hosting;
using OrleansAgents.Tests.Workload;

namespace OrleansAgents.Tests.Cases;

/// <summary>What this program does when it has started itself: each command serves one case and ends with its input.</summary>
internal static class ChildCommands
{
    public const string Serve = "serve", StartOurs = "start-ours", StartRaw = "start-raw", HoldOurs = "hold-ours", HoldRaw = "hold-raw", Join = "join";

    public const string Ready = "ready";

    public static async Task<bool> TryRunAsync(BenchmarkOptions options)
    {
        switch (options.Command)
        {
            case Serve:
                await ServeAsync(BenchmarkHost.StartAgentSiloAsync(new SiloPorts(Number(options, 0), Number(options, 1))));
                return true;
            case Join:
                await ServeAsync(BenchmarkHost.StartClusterSiloAsync(options.Arguments[0]));
                return true;
            case StartOurs:
                await StartAsync<AgentCall, QuoteReply>(await BenchmarkHost.StartAgentSiloAsync(SiloPorts.FindFree()), host => AgentCall.To(host.Agents(), 1));
                return true;
            case StartRaw:
                await StartAsync<RawCall, RawReply>(await BenchmarkHost.StartRawSiloAsync(SiloPorts.FindFree()), host => RawCall.To(host.Grains(), 1));
                return true;
            case HoldOurs:
                await IdleCase.HoldAsync<AgentCall, QuoteReply>(
                    await BenchmarkHost.StartAgentSiloAsync(SiloPorts.FindFree()), Number(options, 0), (host, n) => AgentCall.To(host.Agents(), n));
                return true;
            case HoldRaw:
                await IdleCase.HoldAsync<RawCall, RawReply>(
                    await BenchmarkHost.StartRawSiloAsync(SiloPorts.FindFree()), Number(options, 0), (host, n) => RawCall.To(host.Grains(), n));
                return true;
            default:
                return false;
        }
    }

    private static async Task ServeAsync(Task<IHost> starting)
    {
        using var metrics = new MetricsReader();
        using var host = await starting;
        await Console.Out.WriteLineAsync(Ready);
        await ChildProcess.WaitForEndAsync();
        await host.StopAsync();
    }

    private static async Task StartAsync<TCall, TReply>(IHost host, Func<IHost, TCall> callTo)
        where TCall : struct, ICall<TReply>
    {
        using (host)
        {
            await callTo(host).AskAsync(0);
            await Console.Out.WriteLineAsync(Ready);
            await ChildProcess.WaitForEndAsync();
            await host.StopAsync();
        }
    }

    private static int Number(BenchmarkOptions options, int index) => int.Parse(options.Arguments[index], CultureInfo.InvariantCulture);
}
