using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Samples;

[Contract("compute")]
internal sealed record Compute(int X) : IQuery<Computed>;

internal sealed record Computed(int Result);

[Agent("calculator", Description = "Doubles a number.")]
internal sealed class Calculator : Agent, IHandle<Compute, Computed>
{
    public ValueTask<Computed> HandleAsync(Compute request, AgentContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new Computed(request.X * 2));
}

internal static class RequestResponse
{
    public static async Task PlayAsync(Stage stage)
    {
        var computed = await stage.Agents.Agent("calculator/a").AskAsync(new Compute(42));
        Stage.Say($"x = 42 gives {computed.Result}");
        Stage.Expect(computed.Result == 84, "84");
    }
}
