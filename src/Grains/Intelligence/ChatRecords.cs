using System.Text.Json;
using OrleansAgents.Messaging;

namespace OrleansAgents.Intelligence;

/// <summary>Calls the model: work of a chat agent.</summary>
/// <param name="Message">What is being answered.</param>
/// <param name="Identity">Who said it.</param>
/// <param name="Behind">The place behind which the messages are that the model is shown.</param>
/// <param name="Through">The place of the last of them.</param>
/// <param name="Type">The contract that is answered.</param>
/// <param name="Version">Its version.</param>
/// <param name="Until">When its time is over.</param>
/// <param name="IsLast">Whether it is the last call for this answer.</param>
/// <param name="Trace">The span of the message's turn; null for none.</param>
/// <param name="First">The place of what is being answered; 0 where a version before did not say.</param>
[Contract("chat.think")]
internal sealed record ChatThink(
    Guid Message, string Identity, long Behind, long Through, string Type, int Version, DateTimeOffset Until, bool IsLast, string? Trace,
    long First = 0);

/// <summary>What came of a call of the model.</summary>
/// <param name="Said">Its messages, in their stored form; empty where there is a fault.</param>
/// <param name="Wishes">The tools that it wants called.</param>
/// <param name="Spent">What it took, and where that was set aside.</param>
/// <param name="InputTokens">Input tokens.</param>
/// <param name="OutputTokens">Output tokens.</param>
/// <param name="Writer">Who wrote its text to the run; null for nobody.</param>
/// <param name="Code">Why there is no answer; null where there is one.</param>
/// <param name="Reason">The sentence to the code.</param>
[Contract("chat.thought")]
internal sealed record ChatThought(
    JsonElement Said, IReadOnlyList<ToolWish> Wishes, IReadOnlyList<SetAside> Spent, long InputTokens, long OutputTokens, Guid? Writer, string? Code = null,
    string? Reason = null);

/// <summary>A tool that a model wants called.</summary>
/// <param name="CallId">What the model calls the call.</param>
/// <param name="Tool">The tool's name.</param>
/// <param name="Arguments">Its arguments, an object.</param>
/// <param name="Agent">Whom to ask; null where the tool is a method.</param>
/// <param name="Contract">What to ask.</param>
/// <param name="Version">The contract's version.</param>
/// <param name="NeedsApproval">Whether a person must agree first.</param>
/// <param name="Fault">Why it cannot be called, for the model; null where it can.</param>
internal sealed record ToolWish(
    string CallId, string Tool, JsonElement Arguments, string? Agent = null, string? Contract = null, int Version = 1, bool NeedsApproval = false, string? Fault = null);

/// <summary>What was set aside at a budget, and what of it was spent.</summary>
/// <param name="Budget">The budget's agent.</param>
/// <param name="Reservation">What to settle it by.</param>
/// <param name="Actual">What was spent.</param>
internal sealed record SetAside(string Budget, Guid Reservation, Spending Actual);

/// <summary>Calls a tool that is a method: work of a chat agent.</summary>
/// <param name="Wish">What the model wants.</param>
/// <param name="Message">What is being answered.</param>
/// <param name="Identity">Who said it.</param>
/// <param name="Until">When its time is over.</param>
/// <param name="Trace">The span of the message's turn; null for none.</param>
[Contract("chat.call")]
internal sealed record ChatCall(ToolWish Wish, Guid Message, string Identity, DateTimeOffset Until, string? Trace);

/// <summary>What came of a call of a method.</summary>
/// <param name="Result">Its result; null where there is none.</param>
/// <param name="Fault">Why it failed, for the model; null where it did not.</param>
/// <param name="IsModels">Whether the model made a mistake.</param>
[Contract("chat.called")]
internal sealed record ChatCalled(JsonElement? Result, string? Fault, bool IsModels = false);

/// <summary>Has the model sum up what falls out of the window: work of a chat agent.</summary>
/// <param name="Behind">The place behind which it begins.</param>
/// <param name="Through">The place of the last message there is.</param>
/// <param name="Identity">Who spoke last.</param>
[Contract("chat.sum")]
internal sealed record ChatSum(long Behind, long Through, string Identity);

/// <summary>What a summary came to.</summary>
/// <param name="Text">The summary; null where there is none.</param>
/// <param name="Through">The place of the last message that it includes.</param>
/// <param name="Spent">What it took.</param>
[Contract("chat.summed")]
internal sealed record ChatSummed(string? Text, long Through, IReadOnlyList<SetAside> Spent);

/// <summary>A message of the conversation, as it rests in the store.</summary>
/// <param name="Place">Its place.</param>
/// <param name="At">When it was stored.</param>
/// <param name="Message">The message, in its stored form: an array of one.</param>
[Contract(ContractName)]
internal sealed record ChatKept(long Place, DateTimeOffset At, JsonElement Message)
{
    public const string ContractName = "chat.message";
}

/// <summary>What is remembered of messages that the model is not shown any more, as it rests in the store.</summary>
/// <param name="Text">The summary.</param>
/// <param name="Through">The place of the last message that it includes.</param>
[Contract(ContractName)]
internal sealed record ChatSummary(string Text, long Through)
{
    public const string ContractName = "chat.summary";
}

/// <summary>What was said and waits for its answer, as it rests in the store.</summary>
/// <param name="Message">The message, in its stored form: an array of one.</param>
[Contract(ContractName)]
internal sealed record ChatWaiting(JsonElement Message)
{
    public const string ContractName = "chat.waiting";
}
