using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Tests.Messaging;

[Contract("test.poll")]
public sealed record Poll(string Name, int Voters, int? Enough = null, int WithinMs = 30_000, string VoterKind = "voter");

[Contract("test.vote")]
public sealed record Vote(string Name) : IRequest<Voted>;

public sealed record Voted(int Weight);

[Contract("test.poll-result")]
public sealed record ReadPolls : IQuery<PollResults>;

public sealed record PollResults(IReadOnlyList<PollResult> Results);

public sealed record PollResult(string Name, int Weight, IReadOnlyList<string> Codes, string? Conversation);

[Contract("test.withdraw-poll")]
public sealed record WithdrawPoll(string Name);

[Contract("test.read-votes")]
public sealed record ReadVotes : IQuery<Voted>;

public sealed class PollState
{
    public IDictionary<string, Guid> Open { get; set; } = new Dictionary<string, Guid>(StringComparer.Ordinal);

    public IList<PollResult> Results { get; set; } = [];
}

/// <summary>Asks voters without waiting for them.</summary>
[Agent("pollster")]
public sealed class PollsterAgent : Agent<PollState>, IHandle<Poll>, IHandle<WithdrawPoll>, IHandle<Answers>, IHandle<ReadPolls, PollResults>
{
    public ValueTask HandleAsync(Poll message, AgentContext context, CancellationToken cancellationToken)
    {
        var question = context.Gather(
            Enumerable.Range(0, message.Voters).Select(i => new AgentId(message.VoterKind, $"{message.Name}-{i}")),
            new Vote(message.Name),
            new QuestionOptions { Enough = message.Enough, Tag = message.Name, Within = TimeSpan.FromMilliseconds(message.WithinMs) });
        State.Open[message.Name] = question.Value;
        return default;
    }

    public ValueTask HandleAsync(WithdrawPoll message, AgentContext context, CancellationToken cancellationToken)
    {
        context.Withdraw(new MessageId(State.Open[message.Name]));
        State.Open.Remove(message.Name);
        return default;
    }

    public ValueTask HandleAsync(Answers message, AgentContext context, CancellationToken cancellationToken)
    {
        State.Open.Remove(message.Tag!);
        State.Results.Add(new PollResult(
            message.Tag!,
            message.All.Where(a => a.IsGiven).Sum(a => a.Read<Voted>().Weight),
            [.. message.All.Where(a => !a.IsGiven).Select(a => a.Refusal!.Code)],
            context.Message.Extras?.ConversationId));
        return default;
    }

    public ValueTask<PollResults> HandleAsync(ReadPolls request, AgentContext context, CancellationToken cancellationToken) =>
        new(new PollResults([.. State.Results]));
}

public sealed class VoterState
{
    public int Votes { get; set; }
}

/// <summary>Counts how often it voted, and answers the count: a vote that took effect twice weighs more.</summary>
[Agent("voter")]
public sealed class VoterAgent : Agent<VoterState>, IHandle<Vote, Voted>, IHandle<ReadVotes, Voted>
{
    public ValueTask<Voted> HandleAsync(Vote request, AgentContext context, CancellationToken cancellationToken) =>
        Id.Key.EndsWith("-refuses", StringComparison.Ordinal) ? throw new AgentRefusedException("voter.abstains", "It abstains.") : new(new Voted(++State.Votes));

    public ValueTask<Voted> HandleAsync(ReadVotes request, AgentContext context, CancellationToken cancellationToken) => new(new Voted(State.Votes));
}

/// <summary>Never votes; it notices that it is told to stop.</summary>
[Agent("silent-voter")]
public sealed class SilentVoterAgent : Agent, IHandle<Vote, Voted>
{
    public static TaskCompletionSource Stopped { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async ValueTask<Voted> HandleAsync(Vote request, AgentContext context, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }
        finally
        {
            Stopped.TrySetResult();
        }

        return new Voted(0);
    }
}

/// <summary>Does not handle answers, and so cannot ask.</summary>
[Agent("deaf")]
public sealed class DeafAgent : Agent<VoterState>, IHandle<Vote, Voted>
{
    public ValueTask<Voted> HandleAsync(Vote request, AgentContext context, CancellationToken cancellationToken)
    {
        context.Ask("voter/1", request);
        return new(new Voted(0));
    }
}

/// <summary>Votes once the gate is open.</summary>
[Agent("late-voter")]
public sealed class LateVoterAgent(VotingGate gate) : Agent<VoterState>, IHandle<Vote, Voted>
{
    public async ValueTask<Voted> HandleAsync(Vote request, AgentContext context, CancellationToken cancellationToken)
    {
        await gate.Opened.Task.WaitAsync(cancellationToken);
        return new Voted(++State.Votes);
    }
}

/// <summary>What late voters wait for, one for each cluster.</summary>
public sealed class VotingGate
{
    public TaskCompletionSource Opened { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
