using System.Text.Json;
using OrleansAgents.Tests.Hosting;

namespace OrleansAgents.Tests.Cluster;

/// <summary>Kills silos and Redis under load, again and again, and counts what is left in the end.</summary>
[Collection(ThreeSilos.Name)]
public sealed class CrashTests(ThreeSilos cluster, ITestOutputHelper output)
{
    private const int BurstLength = 10, Progress = 60, Attempts = 5, Unconnected = 3;
    private static readonly int SiloKills = Thoroughness.Times(4), RedisKills = Thoroughness.Times(2);
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Traffic _traffic = new("crash");
    private int _fed;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task KilledUnderLoad_AgainAndAgain_EveryEffectIsThereExactlyOnce()
    {
        try
        {
            await CheckAsync(new Random(ThreeSilos.Seed));
        }
        catch (Exception e) when (!Token.IsCancellationRequested)
        {
            throw new InvalidOperationException($"AGENTS_TEST_SEED={ThreeSilos.Seed} makes the same kills again. {e.Message}", e);
        }
    }

    private async Task CheckAsync(Random chance)
    {
        await _traffic.SubscribeAsync(cluster.Client);
        await using var sending = await StartSendingAsync();
        using var enough = new CancellationTokenSource();
        var feeding = FeedAsync(sending, enough.Token);
        await ProgressAsync(feeding, sending);
        bool[] kills = [.. Enumerable.Repeat(true, RedisKills), .. Enumerable.Repeat(false, SiloKills)];
        chance.Shuffle(kills);
        foreach (var isRedis in kills)
        {
            // A random moment is what this is about.
            await Task.Delay(TimeSpan.FromMilliseconds(chance.Next(600)), TimeProvider.System, Token);
            await KillAndStartAsync(isRedis, chance);
            // Acknowledged work goes on around every kill, or it would prove nothing.
            await ProgressAsync(feeding, sending);
        }

        await enough.CancelAsync();
        await feeding;
        await sending.ExitAsync(Token).WaitAsync(Patience, TimeProvider.System, Token);
        var (accepted, duplicate) = Read(sending.Output, sending.Error);
        output.WriteLine($"Seed {ThreeSilos.Seed}: {_fed} messages, {accepted} accepted, {duplicate} as duplicates.");
        await SendAllAgainAsync(accepted);
        await _traffic.AssertFiguresAsync(cluster.Client);
        await cluster.Client.SilosAsync(3);
    }

    /// <summary>A busy machine may not let the command connect in the time that it gives itself, which is not what is tested here.</summary>
    private async Task<RunningProgram> StartSendingAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            var sending = RunningProgram.StartFed(
                Programs.Agents, ["send", "-", "--json", "--parallel", "16", "--timeout", "15", "--redis", cluster.Silos.Redis.ConnectionString]);
            _fed = BurstLength;
            await sending.FeedAsync(Lines(0, BurstLength));
            while (!sending.HasExited)
            {
                if (await _traffic.CountAsync(cluster.Client) > 0)
                {
                    return sending;
                }
            }

            Assert.True(attempt < Attempts && await sending.ExitAsync(Token) == Unconnected, sending.Error);
            await sending.DisposeAsync();
        }
    }

    private string Lines(int first, int count) => string.Concat(Enumerable.Range(first, count).Select(n => _traffic.Line(n) + "\n"));

    private async Task KillAndStartAsync(bool isRedis, Random chance)
    {
        if (isRedis)
        {
            await cluster.Silos.Redis.KillAsync();
            await cluster.Silos.Redis.StartAgainAsync();
            return;
        }

        var silo = cluster.Silos[chance.Next(cluster.Silos.Count)];
        await silo.KillAsync();
        await silo.StartAgainAsync();
    }

    private async Task FeedAsync(RunningProgram sending, CancellationToken enough)
    {
        using var timer = new PeriodicTimer(Pace, TimeProvider.System);
        while (!enough.IsCancellationRequested && !Token.IsCancellationRequested)
        {
            await timer.WaitForNextTickAsync(Token);
            var first = _fed;
            _fed += BurstLength;
            await sending.FeedAsync(Lines(first, BurstLength));
        }

        sending.EndInput();
    }

    /// <summary>Waits until more has arrived in the end, by relays and by the topic.</summary>
    private async Task ProgressAsync(Task feeding, RunningProgram sending)
    {
        var goal = await _traffic.CountAsync(cluster.Client) + Progress;
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        while (await _traffic.CountAsync(cluster.Client) < goal)
        {
            Assert.False(feeding.IsCompleted, sending.Error);
            patience.Token.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Everything again, with the same ids: what was not acknowledged is done, and what was is not done twice.</summary>
    private async Task SendAllAgainAsync(int accepted)
    {
        for (var n = 0; n < _fed; n++)
        {
            _traffic.Expect(n);
        }

        var (code, output, error) = (Unconnected, "", "");
        for (var attempt = 0; attempt < Attempts && code == Unconnected; attempt++)
        {
            (code, output, error) = await cluster.Silos.AgentsAsync(Lines(0, _fed), "send", "-", "--json", "--parallel", "32");
        }

        Assert.True(code == 0, error);
        var (first, repeated) = Read(output, error);
        Assert.Equal(_fed, first + repeated);
        Assert.True(repeated >= accepted, $"{repeated} of {accepted} that were acknowledged were known.");
    }

    private static (int Accepted, int Duplicate) Read(string output, string error)
    {
        var summary = output.Split('\n')[^1];
        Assert.True(summary.StartsWith('{'), error);
        var json = JsonElement.Parse(summary);
        return (json.GetProperty("accepted").GetInt32(), json.GetProperty("duplicate").GetInt32());
    }
}
