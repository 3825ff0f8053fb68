using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.A2A;

/// <content>When something is posted, and when no more is.</content>
internal sealed partial class PushAgent
{
    /// <summary>One who does not own the run has no say here; whether it owns it the run itself tells.</summary>
    private void DemandOwner(AgentContext context, string? run)
    {
        if (run is not null && PushAddress.For(run, context.Sender) != Id)
        {
            throw new AgentRefusedException(RefusalCodes.NotAllowed, $"{Id} is not that of {context.Sender} and the run.");
        }
    }

    /// <summary>The id of a configuration that can be posted to, and that there is room for.</summary>
    private string DemandRoom(PushConfig config)
    {
        if (string.IsNullOrEmpty(config.Id))
        {
            throw new AgentRefusedException(RefusalCodes.InvalidPayload, "The configuration has no id.");
        }

        if (PushTargets.FindFault(config, _options.Hosts) is { } fault)
        {
            throw new AgentRefusedException(PushCodes.BadUrl, fault);
        }

        return State.Receivers.ContainsKey(config.Id) || State.Receivers.Count < MostReceivers
            ? config.Id
            : throw new AgentRefusedException(PushCodes.TooMany, $"A task has {MostReceivers} configurations at most; delete one.");
    }

    /// <summary>Asks the run, in its owner's name, to tell of its events.</summary>
    private void Watch(AgentContext context)
    {
        var state = State;
        var payload = JsonSerializer.SerializeToUtf8Bytes(new RunWatch(Id.ToString()), PayloadJson.Options);
        var message = context.WriteFor(AgentId.Parse(state.Owner), RunAddress.Of(state.Run!), Contract.Of<RunWatch>(), payload);
        state.Question = context.AskWith(message, WatchPatience).Value;
    }

    private void Advance(AgentContext context, long latest, bool isOver)
    {
        var state = State;
        (state.Latest, state.IsOver) = (Math.Max(state.Latest, latest), state.IsOver || isOver);
        // What is posted names the conversation, which the run's answer says.
        foreach (var id in state.IsWatching ? state.Receivers.Keys.ToArray() : [])
        {
            Post(context, id);
        }
    }

    /// <summary>Posts what a receiver has not got, one posting at a time; where there is nothing and never will be, its configuration ends.</summary>
    private void Post(AgentContext context, string id)
    {
        var (state, receiver) = (State, State.Receivers[id]);
        if (receiver.Work is not null || receiver.Retry is not null)
        {
            return;
        }

        if (receiver.Sent < state.Latest)
        {
            receiver.Work = context.Begin(new PushWork(state.Run!, state.Conversation, receiver.Config, receiver.Sent, receiver.State)).Value;
        }
        else if (state.IsOver)
        {
            state.Receivers.Remove(id);
        }
    }

    private void Stop(AgentContext context, string id)
    {
        if (!State.Receivers.TryGetValue(id, out var receiver))
        {
            return;
        }

        if (receiver.Work is { } work)
        {
            context.Withdraw(new MessageId(work));
        }

        if (receiver.Retry is { } retry)
        {
            context.CancelScheduled(new MessageId(retry));
        }
    }

    private static string HostOf(PushConfig config) => Uri.TryCreate(config.Url, UriKind.Absolute, out var url) ? url.Authority : "?";
}
