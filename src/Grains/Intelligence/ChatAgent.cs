using System.Text.Json;
using Microsoft.Extensions.AI;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.Intelligence;

/// <summary>
/// An agent that is a language model with instructions, tools and a memory. Derive a class, give it a kind with
/// <see cref="AgentAttribute"/> and say what it is; it answers <see cref="ChatSay"/>, asked, told or as a run, whose
/// artifact <c>answer</c> grows while the model speaks. One agent is one conversation with one memory, whoever speaks to it:
/// what is to have a memory of its own gets a key of its own. <c>docs/chat.md</c> has the promises.
/// </summary>
/// <remarks>
/// The model and the tools are called beside the agent's turns: meanwhile it can be read and stopped. What is said while it
/// answers waits for its turn. Its state is the conversation; what else is to be kept belongs to an agent that it has as a
/// tool. The members below are read when an activation first needs them, and its tools are made then. At the silo's start
/// an object of the class is made as well, to check its options, its model and its sources of tools.
/// </remarks>
public abstract partial class ChatAgent : Agent, ICheckedAgent, IHandle<ChatSay, ChatSaid>
{
    private ChatSetup? _setup;

    /// <summary>What the model is told before all else.</summary>
    protected abstract string Instructions { get; }

    /// <summary>The name of its model; the silo's default unless told.</summary>
    protected virtual string Model => ModelsOptions.Default;

    /// <summary>The names of the sources of tools (<see cref="IToolSource"/>) whose tools it has, too. None unless told.</summary>
    protected virtual IReadOnlyList<string> ToolSources => [];

    /// <summary>How far it goes for one answer, and how much it remembers.</summary>
    protected virtual ChatAgentOptions Options => ChatAgentOptions.Default;

    private ChatSetup Setup => _setup ??= CreateSetup();

    /// <summary>
    /// Adds its tools, in an order that stays the same: methods, and what other agents can be asked. A method runs beside
    /// the turns, and may run again where a crash came before its result was stored (<see cref="ToolCallContext"/>). What is
    /// asked of an agent takes effect once.
    /// </summary>
    protected virtual void AddTools(ToolSet tools)
    {
    }

    /// <summary>Refines a call of the model, such as its temperature. Tools, form and limits are set behind it.</summary>
    protected virtual void Configure(ChatOptions call)
    {
    }

    /// <summary>
    /// Has the model answer a request of a contract of its own, with its reply: for handlers of a derived class, whose last
    /// words it is. The answer comes in a later turn, or as the result of the run, and keeps the reply's schema.
    /// </summary>
    /// <typeparam name="TReply">The handler's reply, a record with a <see cref="ContractAttribute"/>.</typeparam>
    /// <param name="context">The handler's turn.</param>
    /// <param name="said">What the model is said.</param>
    /// <returns>Nothing that anybody gets: the handler returns it as it is.</returns>
    /// <exception cref="AgentRefusedException">Too much waits already, or the ask would wait for itself.</exception>
    /// <exception cref="InvalidOperationException"><typeparamref name="TReply"/> is no contract, or not the reply of what is handled.</exception>
    protected ValueTask<TReply> ThinkAsync<TReply>(AgentContext context, string said)
        where TReply : class
    {
        var reply = Contract.Of<TReply>();
        if (FindForm(context.Message.Type, context.Message.Version) != reply)
        {
            throw new InvalidOperationException($"{context.Message.Contract} is not answered with {reply}.");
        }

        Take(context, new ChatMessage(ChatRole.User, said));
        return new((TReply)null!);
    }

    ValueTask<ChatSaid> IHandle<ChatSay, ChatSaid>.HandleAsync(ChatSay request, AgentContext context, CancellationToken cancellationToken)
    {
        Take(context, ChatParts.ToMessage(request.Parts));
        return new((ChatSaid)null!);
    }

    string? ICheckedAgent.FindFault(IServiceProvider services) =>
        Options.FindFault() is { } fault ? $"{nameof(Options)}: {fault}" : ChatSetup.FindFault(services, Model, ToolSources);

    private ChatSetup CreateSetup()
    {
        this.Demand(ServiceProvider);
        return new ChatSetup(ServiceProvider, Model, ToolSources, Options, AddTools);
    }

    /// <summary>The contract that the answer has to keep; null for free text.</summary>
    private Contract? FindForm(string type, int version) =>
        Turns.FindReplyType(type, version) is { } reply && reply != typeof(ChatSaid) ? Contract.Of(reply) : null;

    /// <summary>Takes what was said, to be answered now or when its turn comes.</summary>
    private void Take(AgentContext context, ChatMessage said)
    {
        var state = State;
        if (state.Current is not null && state.Waiting.Count >= Setup.Options.Waiting)
        {
            throw new AgentRefusedException(new Refusal(RefusalCodes.Busy, $"{state.Waiting.Count} messages wait for an answer of {Id}; that is the limit.") { RetryAfterMs = 1000 });
        }

        var message = context.Message;
        if (message.Extras?.Chain is { } waiting && waiting.Contains(Id))
        {
            throw new AgentRefusedException(waiting.Refuse(Id));
        }

        var one = new Exchange
        {
            Message = message.Id.Value,
            Sender = message.Sender.ToString(),
            Type = message.Type,
            Version = message.Version,
            Conversation = context.ConversationId,
            Run = context.Run?.Id,
            Chain = [.. message.Extras?.Chain?.List().Select(a => a.ToString()) ?? []],
            Trace = System.Diagnostics.Activity.Current?.Id ?? message.Extras?.TraceParent,
        };
        if (context.Run is { } run)
        {
            run.Take();
        }
        else
        {
            context.AnswerLater();
        }

        var words = StoredMessage.Write([said]);
        if (state.Current is null)
        {
            Begin(context, one, words);
        }
        else
        {
            Await(context, one, words);
        }
    }

    private void Await(AgentContext context, Exchange one, JsonElement words)
    {
        one.Kept = MessageId.New().Value;
        context.KeepOwn(new ChatWaiting(words), new MessageId(one.Kept));
        _memory.Await(new MessageId(one.Kept), words);
        State.Waiting.Add(one);
    }
}
