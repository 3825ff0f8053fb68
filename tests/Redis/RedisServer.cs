using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Xunit;

namespace OrleansAgents.Tests.Redis;

/// <summary>
/// A real redis-server of a test's own, on a free port of the loopback address, with its append-only file in a directory
/// that goes with it. It can be stopped, killed, frozen and started again on the same port with what it had.
/// </summary>
public sealed class RedisServer(string? password) : IAsyncLifetime
{
    private const int Sigterm = 15, Sigcont = 18, Sigstop = 19;
    private const int Attempts = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentQueue<string> _log = new();
    private Process? _process;

    public RedisServer()
        : this(password: null)
    {
    }

    public int Port { get; private set; }

    /// <summary>What it is started with beside the usual.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>How clients of StackExchange.Redis reach it.</summary>
    public string ConnectionString => $"127.0.0.1:{Port}" + (password is null ? "" : $",password={password}");

    /// <summary>Where its append-only file is.</summary>
    public string DataDirectory { get; } = System.IO.Directory.CreateTempSubdirectory("agents-redis-").FullName;

    public int ProcessId => _process?.Id ?? throw new InvalidOperationException("redis-server does not run now.");

    public static async Task<RedisServer> StartAsync(string? password = null)
    {
        var server = new RedisServer(password);
        try
        {
            await server.InitializeAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask InitializeAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            Port = Ports.Next();
            try
            {
                await StartAgainAsync();
                return;
            }
            catch (IOException) when (attempt < Attempts && Log.Contains("Address already in use", StringComparison.Ordinal))
            {
                // Somebody took the port between its choice and its use.
                _log.Clear();
            }
        }
    }

    /// <summary>All it has said, over all its starts.</summary>
    public string Log => string.Join('\n', _log);

    /// <summary>Starts it on the same port, with what its append-only file holds; returns when it takes commands.</summary>
    public async Task StartAgainAsync()
    {
        Assert.Null(_process);
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = new Process { StartInfo = Describe() };
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null)
            {
                ready.TrySetException(new IOException($"redis-server ended before it took commands. It said:\n{Log}"));
                return;
            }

            _log.Enqueue(line.Data);
            if (line.Data.Contains("Ready to accept connections", StringComparison.Ordinal))
            {
                ready.TrySetResult();
            }
        };
        Launch(process);
        _process = process;
        try
        {
            await ready.Task.WaitAsync(Patience, TimeProvider.System);
        }
        catch
        {
            await KillAsync();
            throw;
        }
    }

    /// <summary>Ends it in order; everything acknowledged is in its file.</summary>
    public async Task StopAsync()
    {
        Assert.Equal(0, Signal(ProcessId, Sigterm));
        await EndedAsync();
    }

    /// <summary>Ends it as <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await EndedAsync();
    }

    /// <summary>Holds it still: connections stay, answers do not come.</summary>
    public void Freeze() => Assert.Equal(0, Signal(ProcessId, Sigstop));

    /// <summary>Lets it go on after <see cref="Freeze"/>.</summary>
    public void Thaw() => Assert.Equal(0, Signal(ProcessId, Sigcont));

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await KillAsync();
        }

        if (System.IO.Directory.Exists(DataDirectory))
        {
            System.IO.Directory.Delete(DataDirectory, recursive: true);
        }
    }

    private ProcessStartInfo Describe()
    {
        var start = new ProcessStartInfo("redis-server") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardInput = true };
        string[] arguments = ["--bind", "127.0.0.1", "--port", $"{Port}", "--dir", DataDirectory, "--appendonly", "yes", "--appendfsync", "always", "--save", "", "--daemonize", "no", .. Arguments];
        foreach (var argument in password is null ? arguments : [.. arguments, "--requirepass", password])
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }

    private static void Launch(Process process)
    {
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            process.Dispose();
            throw new InvalidOperationException("These tests need redis-server on the PATH: install the package redis-server, or run ./test.sh, which does.", e);
        }

        process.StandardInput.Close();
        process.BeginOutputReadLine();
    }

    private async Task EndedAsync()
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        await _process!.WaitForExitAsync(patience.Token);
        _process.Dispose();
        _process = null;
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Signal(int process, int signal);
}
