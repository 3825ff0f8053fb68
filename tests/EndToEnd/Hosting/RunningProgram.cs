using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace OrleansAgents.Tests.Hosting;

/// <summary>A program started by a test: its output as it comes, and its end.</summary>
internal sealed class RunningProgram : IAsyncDisposable
{
    private const int Sigterm = 15;
    private readonly Process _process;
    private bool _isDisposed;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _error = new();
    private readonly TaskCompletionSource<string> _firstLine = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RunningProgram(Process process) => _process = process;

    public Task<string> FirstLine => _firstLine.Task;

    public string Output => string.Join('\n', _output);

    public string Error => string.Join('\n', _error);

    public int ProcessId => _process.Id;

    public bool HasExited => _process.HasExited;

    public static RunningProgram Start(
        string assembly, IEnumerable<string> arguments, string? input = null, IReadOnlyDictionary<string, string>? environment = null) =>
        Dotnet(["exec", assembly, .. arguments], input, environment);

    /// <summary>Starts it with a standard input that stays open, for <see cref="FeedAsync"/>.</summary>
    public static RunningProgram StartFed(string assembly, IEnumerable<string> arguments) => Launch("dotnet", ["exec", assembly, .. arguments]);

    /// <summary>Starts it in a network namespace.</summary>
    public static RunningProgram StartIn(string network, string assembly, IEnumerable<string> arguments)
    {
        // What is started becomes the program itself, under the same process id.
        var program = Launch("ip", ["netns", "exec", network, "dotnet", "exec", assembly, .. arguments]);
        program.EndInput();
        return program;
    }

    public static RunningProgram Dotnet(
        IEnumerable<string> arguments, string? input = null, IReadOnlyDictionary<string, string>? environment = null) =>
        Run("dotnet", arguments, input, environment);

    public static RunningProgram Run(
        string file, IEnumerable<string> arguments, string? input = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var program = Launch(file, arguments, environment);
        try
        {
            program._process.StandardInput.Write(input);
            program.EndInput();
        }
        catch (IOException)
        {
            // It ended before it had read all of it; its exit code says why.
        }

        return program;
    }

    private static RunningProgram Launch(string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(file) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // As a developer's; a test of what holds elsewhere says so.
        start.Environment["DOTNET_ENVIRONMENT"] = "Development";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            start.Environment[name] = value;
        }

        var program = new RunningProgram(new Process { StartInfo = start, EnableRaisingEvents = true });
        program._process.OutputDataReceived += (_, line) => program.Received(line.Data);
        program._process.ErrorDataReceived += (_, line) => program.Keep(program._error, line.Data);
        program._process.Start();
        program._process.BeginOutputReadLine();
        program._process.BeginErrorReadLine();
        return program;
    }

    /// <summary>Gives it more on its standard input; waits while it does not read.</summary>
    public async Task FeedAsync(string text)
    {
        await _process.StandardInput.WriteAsync(text);
        await _process.StandardInput.FlushAsync();
    }

    public void EndInput() => _process.StandardInput.Close();

    /// <summary>Waits for the end and gives the exit code; all output has been read then.</summary>
    public async Task<int> ExitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    /// <summary>Waits for a line of the output; fails when the program ends without it.</summary>
    public async Task<string> LineAsync(string part, CancellationToken cancellationToken)
    {
        var seen = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look(object sender, DataReceivedEventArgs line)
        {
            if (line.Data is null)
            {
                seen.TrySetException(new InvalidOperationException($"The program ended before it said '{part}'. It said: {Output} {Error}"));
            }
            else if (line.Data.Contains(part, StringComparison.Ordinal))
            {
                seen.TrySetResult(line.Data);
            }
        }

        _process.OutputDataReceived += Look;
        try
        {
            return _output.FirstOrDefault(line => line.Contains(part, StringComparison.Ordinal)) ?? await seen.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            _process.OutputDataReceived -= Look;
        }
    }

    public void Terminate() => Assert.Equal(0, Kill(_process.Id, Sigterm));

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    private void Received(string? line)
    {
        Keep(_output, line);
        if (line is not null)
        {
            _firstLine.TrySetResult(line);
        }
        else
        {
            _firstLine.TrySetException(new InvalidOperationException($"The program ended and printed nothing. On standard error: {Error}"));
        }
    }

    private void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null)
        {
            lines.Enqueue(line);
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int process, int signal);
}
