using Orleans.Runtime;

namespace OrleansAgents.Connection;

/// <summary>
/// Notices when no silo is left to speak through. The client itself would wait for an answer until its time is over; here
/// other silos are tried for some seconds, and then the command is ended.
/// </summary>
internal sealed class ClusterLoss(TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(7);
    private static readonly TimeSpan TryTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseBetweenTries = TimeSpan.FromMilliseconds(250);

    private readonly CancellationTokenSource _lost = new();
    private IGrainFactory? _grains;
    private int _watching;

    /// <summary>Cancelled when the cluster was lost for good.</summary>
    public CancellationToken Token => _lost.Token;

    /// <summary>A connection stands, and from now on its loss counts.</summary>
    public void Begin(IGrainFactory grains) => Volatile.Write(ref _grains, grains);

    /// <summary>The last connection to a silo has ended. Does nothing before there was one, and while a silo is being looked for.</summary>
    public void Look()
    {
        if (Volatile.Read(ref _grains) is { } grains && Interlocked.Exchange(ref _watching, 1) == 0)
        {
            _ = Task.Run(() => LookAsync(grains), CancellationToken.None);
        }
    }

    public void Dispose() => _lost.Dispose();

    private async Task LookAsync(IGrainFactory grains)
    {
        var started = time.GetTimestamp();
        while (!await AnswersAsync(grains))
        {
            if (time.GetElapsedTime(started) > Patience)
            {
                await _lost.CancelAsync();
                return;
            }

            await Task.Delay(PauseBetweenTries, time);
        }

        Volatile.Write(ref _watching, 0);
    }

    private async Task<bool> AnswersAsync(IGrainFactory grains)
    {
        try
        {
            // Any silo answers this one, without an agent's being started for it.
            await grains.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true).WaitAsync(TryTime, time);
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }
}
