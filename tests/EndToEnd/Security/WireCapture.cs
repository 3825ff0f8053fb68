using System.Text;
using OrleansAgents.Tests.Hosting;

namespace OrleansAgents.Tests.Security;

/// <summary>All bytes that pass some ports of the loopback address while it runs.</summary>
internal sealed class WireCapture : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly RunningProgram _tshark;
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"agents-test-{Guid.NewGuid():N}.pcap");

    private WireCapture(IEnumerable<int> ports) =>
        _tshark = RunningProgram.Run("tshark", ["-i", "lo", "-w", _file, "-f", string.Join(" or ", ports.Select(port => $"tcp port {port}"))]);

    /// <summary>Begins to capture; skips the test where this machine does not let it.</summary>
    public static async Task<WireCapture> StartAsync(params int[] ports)
    {
        var capture = new WireCapture(ports);
        try
        {
            // It says on standard error that it captures, and the file is there once it does.
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            patience.CancelAfter(Patience);
            while (!capture._tshark.Error.Contains("Capturing on", StringComparison.Ordinal) || !File.Exists(capture._file))
            {
                Assert.SkipWhen(capture._tshark.HasExited, $"Nothing can be captured here, which takes root and tshark: {capture._tshark.Error}");
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, patience.Token);
            }

            return capture;
        }
        catch
        {
            await capture.DisposeAsync();
            throw;
        }
    }

    /// <summary>What passed until now. Ends the capture.</summary>
    public async Task<string> EndAsync()
    {
        _tshark.Terminate();
        await _tshark.ExitAsync(TestContext.Current.CancellationToken);
        return Encoding.Latin1.GetString(await File.ReadAllBytesAsync(_file, TestContext.Current.CancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        await _tshark.DisposeAsync();
        File.Delete(_file);
    }
}
