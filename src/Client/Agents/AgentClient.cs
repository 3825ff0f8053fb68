using OrleansAgents.Messaging;
using OrleansAgents.Runs;
using OrleansAgents.Topics;

namespace OrleansAgents.Agents;

internal sealed class AgentClient(AgentCaller caller, IGrainFactory grains, TimeProvider time) : IAgentClient
{
    public IReadOnlyList<KindDescription> Kinds => caller.Kinds.List();

    public AgentId Sender => caller.Options.Sender;

    public IAgentClient As(AgentId sender) => sender.IsDefault
        ? throw new ArgumentException("The address is default, which addresses nobody; name who sends.", nameof(sender))
        : new AgentClient(caller.As(sender), grains, time);

    public AgentHandle Agent(AgentId agent) => new(caller, agent);

    public TopicHandle Topic(TopicId topic) => new(Agent(topic.Agent), grains, topic, time, () => caller.Connections?.Loss ?? CancellationToken.None, caller.Cipher);

    public RunHandle Run(string run) => new(Agent(RunAddress.Of(run)), grains, time, () => caller.Connections?.Loss ?? CancellationToken.None);

    public ValueTask<Reply> SendAsync(Envelope envelope, SendOptions? options = null, CancellationToken cancellationToken = default) =>
        // A copy, because sending stamps the message, and this one the caller may send again.
        Agent(envelope.Recipient).SendAsync<AsReply, Reply>(envelope.With(envelope.Extras), options, cancellationToken);
}
