using System.Diagnostics;
using System.Globalization;
using StackExchange.Redis;

namespace OrleansAgents.Tests.Hosting;

/// <summary>A redis-server for one run, on the loopback address, with its append-only file in a directory of its own.</summary>
internal sealed class RedisProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly DataDirectory _directory;

    private RedisProcess(Process process, DataDirectory directory, int port) =>
        (_process, _directory, ConnectionString) = (process, directory, $"127.0.0.1:{port}");

    public string ConnectionString { get; }

    /// <exception cref="InvalidOperationException">There is no redis-server, or it does not answer.</exception>
    public static async Task<RedisProcess> StartAsync()
    {
        var directory = DataDirectory.Create();
        var port = SiloPorts.FindFree().Silo;
        var start = new ProcessStartInfo("redis-server") { UseShellExecute = false, RedirectStandardOutput = true };
        foreach (var argument in (string[])["--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", directory.Path, "--appendonly", "yes", "--save", ""])
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        var server = new RedisProcess(process, directory, port);
        await using var connection = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString + ",abortConnect=false,connectTimeout=500");
        for (var tries = 0; tries < 100; tries++)
        {
            try
            {
                await connection.GetDatabase().PingAsync();
                return server;
            }
            catch (RedisConnectionException) when (!process.HasExited)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            }
        }

        throw new InvalidOperationException("redis-server does not answer.");
    }

    public async ValueTask DisposeAsync()
    {
        using (_process)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _directory.Dispose();
    }
}
