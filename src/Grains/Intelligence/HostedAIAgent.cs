using System.Text.Json;
using Microsoft.Agents.AI;
using Microsoft.Extensions.Logging;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.Intelligence;

/// <summary>
/// An <see cref="AIAgent"/> of Microsoft's Agent Framework as an agent, unchanged. Derive a class, give it a kind with
/// <see cref="AgentAttribute"/>, and take the other from the services; it answers <see cref="ChatSay"/>, asked, told or as a
/// run, whose artifact <c>answer</c> grows while it speaks. One agent is one session of the other, which is kept between
/// turns in the form that the other gives it. <c>docs/agent-framework.md</c> has the promises.
/// </summary>
/// <remarks>
/// The other runs beside the agent's turns, on its thread: it may wait but not compute for long. One object serves all
/// agents of the kind, so it must take several sessions at once, as those of the framework do.
/// </remarks>
public abstract partial class HostedAIAgent : Agent, ICheckedAgent, IHandle<ChatSay, ChatSaid>, IHandle<HostedAnswered>, IWork<HostedAnswer, HostedAnswered>
{
    private readonly AIAgent _other;
    private HostedAIAgentOptions? _options;

    /// <param name="agent">The agent that answers.</param>
    protected HostedAIAgent(AIAgent agent)
    {
        ArgumentNullException.ThrowIfNull(agent);
        _other = agent;
    }

    /// <summary>How long an answer may take, and how much is kept and waits.</summary>
    protected virtual HostedAIAgentOptions Options => HostedAIAgentOptions.Default;

    private HostedAIAgentOptions Checked
    {
        get
        {
            if (_options is null)
            {
                this.Demand(ServiceProvider);
                _options = Options;
            }

            return _options;
        }
    }

    /// <summary>What the other is told besides what was said to it; null for nothing.</summary>
    /// <param name="sender">Who said it.</param>
    /// <param name="work">The same each time that the same is answered anew, after a crash: a key for what is to be done once outside.</param>
    protected virtual AgentRunOptions? Configure(AgentId sender, MessageId work) => null;

    string? ICheckedAgent.FindFault(IServiceProvider services) => Options.FindFault() is { } fault ? $"{nameof(Options)}: {fault}" : null;

    ValueTask<ChatSaid> IHandle<ChatSay, ChatSaid>.HandleAsync(ChatSay request, AgentContext context, CancellationToken cancellationToken)
    {
        // What cannot be said is refused before anybody waits for it.
        _ = ChatParts.ToMessage(request.Parts);
        var state = State;
        if (state.Current is not null && state.Waiting.Count >= Checked.Waiting)
        {
            throw new AgentRefusedException(new Refusal(RefusalCodes.Busy, $"{state.Waiting.Count} messages wait for an answer of {Id}; that is the limit.") { RetryAfterMs = 1000 });
        }

        var one = new HostedExchange
        {
            Message = context.Message.Id.Value, Sender = context.Message.Sender.ToString(), Parts = request.Parts, Run = context.Run?.Id, Conversation = context.ConversationId,
        };
        if (context.Run is { } run)
        {
            run.Take();
        }
        else
        {
            context.AnswerLater();
        }

        if (state.Current is null)
        {
            Begin(context, one);
        }
        else
        {
            state.Waiting.Add(one);
        }

        return new((ChatSaid)null!);
    }

    async Task<HostedAnswered> IWork<HostedAnswer, HostedAnswered>.WorkAsync(HostedAnswer work, WorkContext context, CancellationToken cancellationToken)
    {
        // Before the first wait, while it is that of the turn that began this: whatever is done again begins with it.
        var session = _state.Session;
        var call = new HostedCall(_other, context.Run, Checked, Turns.Host.Time);
        var answered = await call.RunAsync(session, ChatParts.ToMessage(work.Parts), Configure(AgentId.Parse(work.Sender), context.Id), cancellationToken);
        if (call.Failure is { } failure)
        {
            LogFailed(Turns.Host.Logger, Id, work.Message, failure);
        }

        return answered;
    }

    ValueTask IHandle<HostedAnswered>.HandleAsync(HostedAnswered message, AgentContext context, CancellationToken cancellationToken)
    {
        var state = State;
        if (state.Current is not { } one || one.Work != context.Message.Id.Value)
        {
            return default;
        }

        if (message.Code is { } code)
        {
            Fail(context, one, code, message.Reason!);
            return default;
        }

        state.Session = message.Session;
        context.Answer(new MessageId(one.Message), new ChatSaid(message.Said));
        End(context, one, run => run.Complete(new Artifact(ChatAgent.AnswerArtifact, message.Said, Last: true), message.Writer));
        return default;
    }

    private void Begin(AgentContext context, HostedExchange one)
    {
        State.Current = one;
        context.SpeakIn(one.Conversation);
        one.Work = context.BeginFor(new HostedAnswer(one.Message, one.Sender, one.Parts), one.Run).Value;
    }

    /// <summary>Ends without an answer, and with the session as it was. Whoever waits learns why.</summary>
    private void Fail(AgentContext context, HostedExchange one, string code, string reason)
    {
        context.Refuse(new MessageId(one.Message), new Refusal(code, reason));
        // A run that is over wants no word of it any more.
        End(context, one, code is RunCodes.Final or RunCodes.Unknown ? null : run => run.Fail(code, reason));
    }

    private void End(AgentContext context, HostedExchange one, Action<RunContext>? report)
    {
        if (one.Run is { } run && report is not null)
        {
            report(context.RunOf(run));
        }

        var state = State;
        state.Current = null;
        if (state.Waiting.Count > 0)
        {
            var next = state.Waiting[0];
            state.Waiting.RemoveAt(0);
            Begin(context, next);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Agent} has no answer to {Message}: the agent that it hosts failed")]
    private static partial void LogFailed(ILogger logger, AgentId agent, Guid message, Exception exception);
}
