using OrleansAgents.Agents;

namespace OrleansAgents.Tests.Workload;

/// <summary>
/// One way to ask one of several targets. Implemented by structs, so that the loops around it are compiled for each and
/// add neither a delegate nor a task of their own.
/// </summary>
/// <typeparam name="TReply">What it answers.</typeparam>
internal interface ICall<TReply>
{
    ValueTask<TReply> AskAsync(int target);
}

internal readonly struct RawCall(IRawGrain[] grains) : ICall<RawReply>
{
    public ValueTask<RawReply> AskAsync(int target) => grains[target].AskAsync(
        new RawRequest(Texts.Customer, Texts.Product, Texts.Region, Texts.Currency, Texts.Note));

    public static RawCall To(IGrainFactory factory, int targets) =>
        new([.. Enumerable.Range(0, targets).Select(i => factory.GetGrain<IRawGrain>($"raw-{i}"))]);
}

internal readonly struct AgentCall(AgentHandle[] agents) : ICall<QuoteReply>
{
    public ValueTask<QuoteReply> AskAsync(int target) => agents[target].AskAsync(
        new Quote(Texts.Customer, Texts.Product, Texts.Region, Texts.Currency, Texts.Note));

    public static AgentCall To(IAgentClient client, int targets) => new(Handles(client, targets));

    public static AgentHandle[] Handles(IAgentClient client, int targets) =>
        [.. Enumerable.Range(0, targets).Select(i => client.Agent(new AgentId(QuoteAgent.Kind, $"agent-{i}")))];
}

/// <summary>As a gateway would ask: JSON in, JSON out, no record on the caller's side.</summary>
internal readonly struct AgentJsonCall(AgentHandle[] agents) : ICall<byte[]?>
{
    public ValueTask<byte[]?> AskAsync(int target) => agents[target].AskJsonAsync("bench.quote", Texts.QuoteJson);

    public static AgentJsonCall To(IAgentClient client, int targets) => new(AgentCall.Handles(client, targets));
}
