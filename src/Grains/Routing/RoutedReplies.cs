using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Routing;

/// <summary>What the recipients of a message for several answered so far, and what that makes for its sender.</summary>
internal sealed class RoutedReplies(CompiledRoute route)
{
    private static readonly Reply NotNeeded = Reply.Refused(new Refusal(RefusalCodes.Cancelled, "Enough others had answered, or could not."));

    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Reply?[] _replies = new Reply?[route.To.Length];
    private int _accepted, _refused, _first = -1;
    private bool _isClosed;

    /// <summary>Ends when the outcome is certain. Fails where it stays unknown.</summary>
    public Task Settled => _settled.Task;

    public void Take(int place, Reply reply)
    {
        if (_isClosed)
        {
            return;
        }

        _replies[place] = reply;
        if (reply.Refusal is not null)
        {
            _refused++;
        }
        else if (_accepted++ == 0)
        {
            _first = place;
        }

        if (IsCertain())
        {
            _settled.TrySetResult();
        }
    }

    public void Fail(Exception exception) => _settled.TrySetException(exception);

    /// <summary>Takes no more; what comes back are those who have not answered.</summary>
    public IReadOnlyList<AgentId> Close()
    {
        _isClosed = true;
        return [.. route.To.Where((_, i) => _replies[i] is null)];
    }

    public Reply ToReply() => route.Route.Send switch
    {
        RouteMode.First when _accepted > 0 => _replies[_first]!.Value,
        RouteMode.Quorum when _accepted >= route.Enough => Combine(),
        RouteMode.Quorum => Reply.Refused(new Refusal(
            RouterCodes.TooFew, $"{_accepted} of {route.To.Length} accepted, and {route.Enough} must; {FirstRefusal().Message}")),
        RouteMode.All when _refused == 0 => Combine(),
        _ => Reply.Refused(FirstRefusal()),
    };

    private bool IsCertain() => _accepted + _refused == route.To.Length || route.Route.Send switch
    {
        RouteMode.First => _accepted > 0,
        RouteMode.Quorum => _accepted >= route.Enough || route.To.Length - _refused < route.Enough,
        _ => false,
    };

    private Reply Combine() => Array.Exists(_replies, r => r is { HasValue: true })
        ? Reply.Accepted(new RoutedAnswers([.. route.To.Select((agent, i) => new Answer(agent, _replies[i] ?? NotNeeded))]))
        : Reply.Accepted();

    private Refusal FirstRefusal()
    {
        var place = Array.FindIndex(_replies, r => r is { Refusal: not null });
        var refusal = _replies[place]!.Value.Refusal!;
        return refusal with { Message = $"{route.To[place]}: {refusal.Message}" };
    }
}
