using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OrleansAgents.Security;
using Xunit;

namespace OrleansAgents.Tests.Security;

public sealed class ReloadedTests
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _time = new();
    private readonly FixedOptions<string> _options = new("text");
    private volatile TaskCompletionSource _made = new();
    private int _count;

    [Fact]
    public async Task Settings_ThatComeToNameAFile_AreReadAgainFromThen()
    {
        using var reloaded = new Reloaded<string, string>(_options, Make, static options => options == "file", _time, NullLogger.Instance);
        _options.Change("file");
        Assert.Equal("file 2", reloaded.Current);

        _made = new TaskCompletionSource();
        _time.Advance(Period);
        Assert.Equal("file 2", reloaded.Current);
        await _made.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Assert.Equal(3, _count);
    }

    [Fact]
    public void Settings_ThatNameNoFile_NeverAskTheClock()
    {
        var asked = new AskedTime();
        using var reloaded = new Reloaded<string, string>(_options, Make, static options => options == "file", asked, NullLogger.Instance);
        _options.Change("file");
        _options.Change("text");
        var before = asked.Count;
        Assert.Equal("text 3", reloaded.Current);
        Assert.Equal(before, asked.Count);
    }

    private string Make(string options)
    {
        var made = $"{options} {Interlocked.Increment(ref _count)}";
        _made.TrySetResult();
        return made;
    }

    private sealed class AskedTime : TimeProvider
    {
        public int Count { get; private set; }

        public override long GetTimestamp()
        {
            Count++;
            return base.GetTimestamp();
        }
    }
}
