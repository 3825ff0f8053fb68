using System.Diagnostics;
using System.Globalization;
using System.IO.Pipes;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Sqlite;
using Xunit;
using static OrleansAgents.Tests.Storage.TestCommits;

namespace OrleansAgents.Tests.Sqlite;

/// <summary>Kills a process that commits, and looks for what it was told is written.</summary>
public sealed class SqliteCrashTests : IAsyncDisposable
{
    private const string DirectoryVariable = "AGENTS_TEST_CRASH_DIRECTORY";
    private const string PipeVariable = "AGENTS_TEST_CRASH_PIPE";
    private const int Agents = 40;
    private const int Acknowledgements = 3000;

    private readonly TemporaryStore _files = new(TimeProvider.System, Configure);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _files.DisposeAsync();

    [Fact]
    public async Task Kill_WhileCommitting_LosesNothingAcknowledgedAndLeavesNothingHalf()
    {
        for (var round = 0; round < 3; round++)
        {
            var acknowledged = await KillAsync();
            Assert.True(acknowledged.Values.Sum() >= Acknowledgements, "Too few commits were acknowledged.");

            var store = await _files.OpenAsync();
            foreach (var (agent, etag) in acknowledged)
            {
                await AssertWholeAsync(store, new AgentId("topic", agent), etag);
            }

            await store.CloseAsync();
        }
    }

    /// <summary>The process that is killed: run by the test above only.</summary>
    [Fact(Explicit = true)]
    public async Task Child_OfTheCrashTest_CommitsUntilItIsKilled()
    {
        var directory = Environment.GetEnvironmentVariable(DirectoryVariable);
        Assert.SkipWhen(directory is null, "This is the process that the crash test kills.");
        using var pipe = new NamedPipeClientStream(".", Environment.GetEnvironmentVariable(PipeVariable)!, PipeDirection.Out);
        await pipe.ConnectAsync(Token);
        using var writer = new StreamWriter(pipe) { AutoFlush = true };
        var options = new SqliteStoreOptions { DataDirectory = directory! };
        Configure(options);
        await using var store = new SqliteAgentStore(options);
        await store.OpenAsync(Token);
        await Task.WhenAll(Enumerable.Range(0, Agents).Select(i => Task.Run(() => CommitAsync(store, $"a{i}", writer))));
    }

    private static void Configure(SqliteStoreOptions options)
    {
        (options.FoldCommits, options.JournalBytes, options.WalBytes) = (500, 300_000, 1 << 20);
        (options.Handled.Count, options.Handled.Age) = (20, TimeSpan.FromHours(1));
    }

    private static async Task CommitAsync(SqliteAgentStore store, string key, StreamWriter acknowledged)
    {
        var agent = new AgentId("topic", key);
        var record = await store.LoadAsync(agent, Token);
        var (etag, sent) = (record?.Etag ?? 0, record?.Outgoing.Select(o => o.Envelope.Id).ToArray() ?? []);
        while (true)
        {
            // Two at a time, the second built on the first before that is written.
            var commits = new List<ValueTask>();
            for (var i = 0; i < 2; i++, etag++)
            {
                var message = Message($$"""{"etag":{{etag}}}""");
                commits.Add(store.CommitAsync(agent, Turn(etag, message, sent), Token));
                sent = [message.Id];
            }

            foreach (var commit in commits)
            {
                await commit;
            }

            lock (acknowledged)
            {
                acknowledged.WriteLine($"{key} {etag}");
            }
        }
    }

    private static AgentCommit Turn(long etag, Envelope message, MessageId[] sent) => State(etag, $"{etag}") with
    {
        Handled = [Handled(MessageId.New(), TimeProvider.System.GetUtcNow(), $"{etag}")],
        Acknowledged = sent,
        Outgoing = [Outgoing(message)],
        Events = [Event(etag + 1)],
        WakeAt = Start.AddSeconds(etag),
    };

    private static async Task AssertWholeAsync(SqliteAgentStore store, AgentId agent, long etag)
    {
        var record = (await store.LoadAsync(agent, Token))!;
        Assert.True(record.Etag >= etag, $"{agent} is at {record.Etag}, but {etag} was acknowledged.");
        var last = record.Etag - 1;
        Assert.Equal(($"{last}", last + 1, Start.AddSeconds(last)), (Text(record.State), record.LastEvent, record.WakeAt));
        Assert.Equal($$"""{"etag":{{last}}}""", Text(Assert.Single(record.Outgoing).Envelope.PayloadJson));
        Assert.Equal($"{last}", Text(record.Handled[^1].Reply));
        Assert.Equal(last + 1, Assert.Single(await store.ReadAsync(agent.Key, last, 10, Token)).Position);
    }

    /// <summary>What the process was told to be written before it was killed, by agent.</summary>
    private async Task<Dictionary<string, long>> KillAsync()
    {
        var name = $"agents-{Guid.NewGuid():N}";
        await using var pipe = new NamedPipeServerStream(name, PipeDirection.In, 1, PipeTransmissionMode.Byte, PipeOptions.Asynchronous);
        using var process = StartChild(name);
        await pipe.WaitForConnectionAsync(Token);
        using var reader = new StreamReader(pipe);
        var acknowledged = new Dictionary<string, long>(StringComparer.Ordinal);
        var lines = 0;
        while (await reader.ReadLineAsync(Token) is { } line)
        {
            // The last line may be half of one.
            if (line.Split(' ') is [var agent, var etag] && line.Length > 3)
            {
                acknowledged[agent] = Math.Max(acknowledged.GetValueOrDefault(agent), long.Parse(etag, CultureInfo.InvariantCulture));
            }

            if (++lines == Acknowledgements)
            {
                process.Kill();
            }
        }

        await process.WaitForExitAsync(Token);
        return acknowledged;
    }

    private Process StartChild(string pipe)
    {
        var start = new ProcessStartInfo(Path.ChangeExtension(typeof(SqliteCrashTests).Assembly.Location, null))
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            Environment = { [DirectoryVariable] = _files.Directory, [PipeVariable] = pipe },
        };
        start.ArgumentList.Add("-method");
        start.ArgumentList.Add($"{typeof(SqliteCrashTests).FullName}.{nameof(Child_OfTheCrashTest_CommitsUntilItIsKilled)}");
        start.ArgumentList.Add("-explicit");
        start.ArgumentList.Add("only");
        return Process.Start(start)!;
    }
}
