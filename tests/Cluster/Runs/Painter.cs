using System.Collections.Concurrent;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.Tests.Runs;

[Contract("paint")]
internal sealed record Paint(string What) : IRequest<Painting>;

internal sealed record Painting(string What);

/// <summary>Paints beside the turns, stroke by stroke.</summary>
/// <param name="What">What to paint: "wait" before it has it wait for its gate, "refuse" and "fail" end in that, and "huge" in more than a message may hold.</param>
/// <param name="Strokes">How many.</param>
[Contract("paint.slowly")]
internal sealed record PaintSlowly(string What, int Strokes = 3) : IRequest<Painting>;

[Contract("paint.asking")]
internal sealed record PaintAsking;

[Contract("paint.read")]
internal sealed record ReadPainted : IQuery<int>;

[Contract("paint.work")]
internal sealed record PaintWork(string What, int Strokes);

[Contract("paint.done")]
internal sealed record PaintDone(string What);

internal sealed class PainterState
{
    public int Painted { get; set; }

    public string? Waiting { get; set; }
}

[Agent("painter")]
internal sealed class PainterAgent : Agent<PainterState>, IHandle<Paint, Painting>, IHandle<PaintSlowly, Painting>, IHandle<PaintAsking>, IHandle<RunSaid>,
    IHandle<PaintDone>, IHandle<ReadPainted, int>, IWork<PaintWork, PaintDone>
{
    /// <summary>What lets work go on that waits, by what it paints.</summary>
    public static ConcurrentDictionary<string, TaskCompletionSource> Gates { get; } = new(StringComparer.Ordinal);

    /// <summary>Work that waits for its gate.</summary>
    public static ConcurrentDictionary<string, TaskCompletionSource> Waiting { get; } = new(StringComparer.Ordinal);

    /// <summary>Work that was told to stop.</summary>
    public static ConcurrentDictionary<string, TaskCompletionSource> Stopped { get; } = new(StringComparer.Ordinal);

    public ValueTask<Painting> HandleAsync(Paint request, AgentContext context, CancellationToken cancellationToken) => request.What switch
    {
        "refuse" => throw new AgentRefusedException("paint.ugly", "That is not painted here."),
        "throw" => throw new InvalidOperationException("secret"),
        _ => new(new Painting($"{request.What} for {context.Sender} in {context.ConversationId}")),
    };

    public ValueTask<Painting> HandleAsync(PaintSlowly request, AgentContext context, CancellationToken cancellationToken)
    {
        context.Begin(new PaintWork(request.What, request.Strokes));
        return new(new Painting("begun"));
    }

    public ValueTask HandleAsync(PaintAsking message, AgentContext context, CancellationToken cancellationToken)
    {
        State.Waiting = context.Run!.Id;
        context.Run.AskOwner("Which colour?");
        return default;
    }

    public ValueTask HandleAsync(RunSaid message, AgentContext context, CancellationToken cancellationToken)
    {
        context.RunOf(State.Waiting!).Complete($"Painted it {message.Said.Parts[0].Text}.");
        State.Painted++;
        return default;
    }

    public ValueTask HandleAsync(PaintDone message, AgentContext context, CancellationToken cancellationToken)
    {
        State.Painted++;
        context.Run?.Complete("Done.", new Artifact("title", [Part.Of(message.What == "huge" ? new string('x', 300_000) : message.What)], Last: true));
        return default;
    }

    public ValueTask<int> HandleAsync(ReadPainted request, AgentContext context, CancellationToken cancellationToken) => new(State.Painted);

    public async Task<PaintDone> WorkAsync(PaintWork work, WorkContext context, CancellationToken cancellationToken)
    {
        for (var stroke = 0; stroke < work.Strokes; stroke++)
        {
            await (context.Run?.WriteAsync($"{work.What}{stroke} ", "strokes", cancellationToken) ?? Task.CompletedTask);
        }

        await (context.Run?.FlushAsync(cancellationToken) ?? Task.CompletedTask);
        if (work.What.StartsWith("wait", StringComparison.Ordinal))
        {
            Waiting.GetOrAdd(work.What, static _ => new()).TrySetResult();
            try
            {
                await Gates.GetOrAdd(work.What, static _ => new()).Task.WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                Stopped.GetOrAdd(work.What, static _ => new()).TrySetResult();
                throw;
            }
        }

        return work.What switch
        {
            "refuse" => throw new AgentRefusedException("paint.empty", "There is no paint left."),
            "fail" => throw new InvalidOperationException("secret"),
            _ => new PaintDone(work.What),
        };
    }
}

/// <summary>Keeps nothing, begins work and asks, and takes both back when told.</summary>
[Agent("sketcher")]
internal sealed class SketcherAgent : Agent, IHandle<Paint, Painting>, IHandle<PaintSlowly, Painting>, IHandle<PaintAsking>, IHandle<Answers>, IHandle<PaintDone>,
    IHandle<ReadPainted, int>, IWork<PaintWork, PaintDone>
{
    private MessageId _work, _question;
    private int _done;

    public ValueTask<Painting> HandleAsync(PaintSlowly request, AgentContext context, CancellationToken cancellationToken)
    {
        _work = context.Begin(new PaintWork(request.What, request.Strokes));
        _question = context.Ask("sketcher/model", new Paint($"{request.What}-turn"));
        return new(new Painting("begun"));
    }

    public ValueTask HandleAsync(PaintAsking message, AgentContext context, CancellationToken cancellationToken)
    {
        context.Withdraw(_work);
        context.Withdraw(_question);
        return default;
    }

    public ValueTask HandleAsync(Answers message, AgentContext context, CancellationToken cancellationToken)
    {
        _done += 100;
        return default;
    }

    public ValueTask HandleAsync(PaintDone message, AgentContext context, CancellationToken cancellationToken)
    {
        _done++;
        return default;
    }

    public ValueTask<int> HandleAsync(ReadPainted request, AgentContext context, CancellationToken cancellationToken) => new(_done);

    public async ValueTask<Painting> HandleAsync(Paint request, AgentContext context, CancellationToken cancellationToken)
    {
        await WaitAsync(request.What, cancellationToken);
        return new Painting(request.What);
    }

    public async Task<PaintDone> WorkAsync(PaintWork work, WorkContext context, CancellationToken cancellationToken)
    {
        await WaitAsync(work.What, cancellationToken);
        return new PaintDone(work.What);
    }

    private static async Task WaitAsync(string what, CancellationToken cancellationToken)
    {
        PainterAgent.Waiting.GetOrAdd(what, static _ => new()).TrySetResult();
        try
        {
            await PainterAgent.Gates.GetOrAdd(what, static _ => new()).Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            PainterAgent.Stopped.GetOrAdd(what, static _ => new()).TrySetResult();
            throw;
        }
    }
}

/// <summary>Answers with what it gets; <c>any.half</c> with half of a character.</summary>
[Agent("mirror")]
internal sealed class MirrorAgent : Agent, IHandleAny
{
    public ValueTask<byte[]?> HandleAnyAsync(Envelope message, AgentContext context, CancellationToken cancellationToken) => new(message.Type == "any.half" ? [.. """{"x":"\ud800"}"""u8] : message.PayloadJson.ToArray());
}
