using System.Runtime.CompilerServices;
using System.Threading.Channels;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;
using OrleansAgents.Tests.Measuring;

namespace OrleansAgents.Tests.Workload;

/// <summary>Writers whose tokens are followed; what counts is a token that a reader got.</summary>
internal abstract class TokenLoad : Variant, IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly int _writers, _readers;
    private Task[] _reading = [];

    /// <param name="writers">How many write.</param>
    /// <param name="readers">How many follow each of them.</param>
    /// <param name="pause">Between two tokens of a writer; null where each waits for the last to be taken.</param>
    protected TokenLoad(int writers, int readers, TimeSpan? pause)
    {
        (_writers, _readers) = (writers, readers);
        Tokens = new Tokens(pause) { Latencies = Latencies };
    }

    public Tokens Tokens { get; }

    protected CancellationToken End => _end.Token;

    /// <summary>Begins the writing, which waits, and the reading.</summary>
    public async Task StartAsync()
    {
        await Parallel.ForAsync(0, _writers, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, _) => await StartAsync(i));
        _reading = [.. Enumerable.Range(0, _writers * _readers).Select(i => Task.Run(() => ReadAsync(i / _readers)))];
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    protected abstract Task StartAsync(int writer);

    protected abstract Task ReadAsync(int writer);

    protected override async Task<long> LoadAsync(long end)
    {
        var before = Tokens.Read;
        await Task.WhenAny([Tokens.RunAsync(end, _readers), .. _reading]);
        var failed = _reading.FirstOrDefault(r => r.IsCompleted);
        await (failed ?? Task.CompletedTask);
        return failed is null ? Tokens.Read - before : throw new InvalidOperationException("A reader came to an end.");
    }
}

/// <summary>Runs, written by work and followed by a client.</summary>
internal class RunLoad(IAgentClient client, int runs, int readers, TimeSpan? pause) : TokenLoad(runs, readers, pause)
{
    private readonly RunHandle[] _runs = new RunHandle[runs];

    protected RunHandle Run(int index) => _runs[index];

    protected override async Task StartAsync(int writer) =>
        _runs[writer] = await client.StartAsync(new AgentId(NarratorAgent.Kind, $"{Tokens.Number}-{writer}"), new Narrate(Tokens.Number, Tokens.IsOneByOne), cancellationToken: End);

    protected override async Task ReadAsync(int writer)
    {
        await foreach (var one in _runs[writer].FollowAsync(cancellationToken: End))
        {
            if (one.Artifact is { } piece)
            {
                Tokens.Note(piece.Parts[0].Text);
            }
        }
    }
}

/// <summary>The same runs, followed as server-sent events.</summary>
internal sealed class EventStreamLoad(IAgentClient client, HttpClient http, int runs, TimeSpan? pause) : RunLoad(client, runs, readers: 1, pause)
{
    private const string Text = "\"text\":\"";

    protected override async Task ReadAsync(int writer)
    {
        using var answer = await http.GetAsync(new Uri($"/runs/{Run(writer).Id}/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, End);
        answer.EnsureSuccessStatusCode();
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(End));
        while (await lines.ReadLineAsync(End) is { } line)
        {
            if (line.IndexOf(Text, StringComparison.Ordinal) is > 0 and var at)
            {
                Tokens.Note(line.AsSpan(at + Text.Length, line.IndexOf('"', at + Text.Length) - at - Text.Length));
            }
        }
    }
}

/// <summary>The reference: a grain that gives its tokens to whoever reads, and keeps none.</summary>
internal sealed class TokenStreamLoad(IGrainFactory grains, int writers, TimeSpan? pause) : TokenLoad(writers, readers: 1, pause)
{
    protected override Task StartAsync(int writer) => Task.CompletedTask;

    protected override async Task ReadAsync(int writer)
    {
        await foreach (var token in grains.GetGrain<ITokenGrain>($"{Tokens.Number}-{writer}").ReadAsync(Tokens.Number, Tokens.IsOneByOne, End))
        {
            Tokens.Note(token);
        }
    }
}

[Alias("bench.ITokenGrain")]
public interface ITokenGrain : IGrainWithStringKey
{
    [Alias("Read")]
    IAsyncEnumerable<string> ReadAsync(int tokens, bool oneByOne, CancellationToken cancellationToken);
}

[GrainType("bench-raw-tokens")]
internal sealed class TokenGrain : Grain, ITokenGrain
{
    public async IAsyncEnumerable<string> ReadAsync(int tokens, bool oneByOne, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // One by one, a token is written when the reader has asked for it.
        var channel = oneByOne ? Channel.CreateBounded<string>(1) : Channel.CreateUnbounded<string>();
        var writing = Tokens.Of(tokens).WriteAsync(async token => await channel.Writer.WriteAsync(token, cancellationToken), cancellationToken);
        await foreach (var token in channel.Reader.ReadAllAsync(cancellationToken))
        {
            yield return token;
        }

        await writing;
    }
}

/// <summary>Begins to tell a story that has no end.</summary>
[Contract("bench.narrate")]
public sealed record Narrate(int Tokens, bool OneByOne);

[Contract("bench.narrated")]
public sealed record Narrated;

internal sealed class NarratorState;

[Agent(Kind)]
internal sealed class NarratorAgent : Agent<NarratorState>, IHandle<Narrate>, IHandle<Narrated>, IWork<Narrate, Narrated>
{
    public const string Kind = "bench-narrator";

    public ValueTask HandleAsync(Narrate message, AgentContext context, CancellationToken cancellationToken)
    {
        context.Begin(message);
        return default;
    }

    public ValueTask HandleAsync(Narrated message, AgentContext context, CancellationToken cancellationToken) => default;

    public async Task<Narrated> WorkAsync(Narrate work, WorkContext context, CancellationToken cancellationToken)
    {
        var run = context.Run!;
        await Tokens.Of(work.Tokens).WriteAsync(
            async token =>
            {
                await run.WriteAsync(token, "story", cancellationToken);
                await (work.OneByOne ? run.FlushAsync(cancellationToken) : Task.CompletedTask);
            }, cancellationToken);
        return new Narrated();
    }
}

/// <summary>Takes runs, and does nothing with them.</summary>
[Agent(Kind)]
internal sealed class HolderAgent : Agent, IHandle<Narrate>
{
    public const string Kind = "bench-holder";

    public ValueTask HandleAsync(Narrate message, AgentContext context, CancellationToken cancellationToken)
    {
        context.Run!.Take();
        return default;
    }
}
