using System.Diagnostics;
using System.Globalization;
using OrleansAgents.Tests.Measuring;

namespace OrleansAgents.Tests.Workload;

/// <summary>
/// Tokens of one length that hold when they were written, for many writers and their readers. Writers write while it is
/// open, each a token and then the next: as soon as the last one is taken, or after a pause as a model makes it.
/// </summary>
internal sealed class Tokens
{
    private const int Length = 17;
    private static readonly List<Tokens> All = [];

    private readonly TimeSpan? _pause;
    private volatile TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _written, _read, _pieces;
    private int _writing;

    /// <param name="pause">Between two tokens of a writer; null for none.</param>
    public Tokens(TimeSpan? pause)
    {
        _pause = pause;
        lock (All)
        {
            Number = All.Count;
            All.Add(this);
        }
    }

    /// <summary>How writers name it that are told by a message.</summary>
    public int Number { get; }

    /// <summary>Whether a writer waits until its last token is taken.</summary>
    public bool IsOneByOne => _pause is null;

    /// <summary>From writing to reading; null where it is not to be noted.</summary>
    public Latencies? Latencies { get; set; }

    public long Read => Interlocked.Read(ref _read);

    /// <summary>In how many pieces they came.</summary>
    public long Pieces => Interlocked.Read(ref _pieces);

    public static Tokens Of(int number)
    {
        lock (All)
        {
            return All[number];
        }
    }

    /// <summary>Writes for as long as nobody stops it.</summary>
    /// <param name="writeAsync">Writes one; where there is no pause, it ends when the next may come.</param>
    /// <param name="stop">Ends the writing.</param>
    public async Task WriteAsync(Func<string, Task> writeAsync, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await _gate.Task.WaitAsync(stop);
            if (_pause is { } pause)
            {
                // Anywhere around it, so that the writers do not march in step.
                await Task.Delay(pause * (0.5 + Random.Shared.NextDouble()), TimeProvider.System, stop);
            }

            Interlocked.Increment(ref _writing);
            if (_gate.Task.IsCompleted)
            {
                Interlocked.Increment(ref _written);
                await writeAsync(Stopwatch.GetTimestamp().ToString("x16", CultureInfo.InvariantCulture) + " ");
            }

            Interlocked.Decrement(ref _writing);
        }
    }

    /// <summary>Notes what a reader got: one token or several.</summary>
    public void Note(ReadOnlySpan<char> text)
    {
        var now = Stopwatch.GetTimestamp();
        Interlocked.Add(ref _read, text.Length / Length);
        Interlocked.Increment(ref _pieces);
        for (; Latencies is { } latencies && text.Length >= Length; text = text[Length..])
        {
            latencies.Add(now - long.Parse(text[..(Length - 1)], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Has writers write for a while, and waits until each token was read by as many as there are of a writer.</summary>
    public async Task RunAsync(long end, int readers)
    {
        _gate.TrySetResult();
        await Task.Delay(Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), end), TimeProvider.System);
        _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        while (Volatile.Read(ref _writing) > 0 || Read < Interlocked.Read(ref _written) * readers)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }
    }
}
