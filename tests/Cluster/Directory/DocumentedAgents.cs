using OrleansAgents.Agents;
using OrleansAgents.Directory;
using OrleansAgents.Messaging;

namespace OrleansAgents.Tests.Directory;

// What stands in docs/directory.md stands here, so that it is compiled and run.
[Contract("translate.learn")]
public sealed record Learn(string Language);

[Contract("translate.retire")]
public sealed record Retire;

public sealed class Languages
{
    public IList<string> Known { get; set; } = [];
}

[Agent("translator", Capabilities = ["translate"], Tags = ["text"])]
public sealed class TranslatorAgent : Agent<Languages>, IHandle<Learn>, IHandle<Retire>
{
    public ValueTask HandleAsync(Learn message, AgentContext context, CancellationToken cancellationToken)
    {
        State.Known.Add(message.Language);
        context.Register(new Registration(
            Capabilities: [.. State.Known.Select(language => $"translate:{language}")],
            Tags: ["text"],
            Description: $"Knows {State.Known.Count} languages."));
        return default;
    }

    public ValueTask HandleAsync(Retire message, AgentContext context, CancellationToken cancellationToken)
    {
        context.Unregister();
        return default;
    }
}

[Contract("translate.please")]
public sealed record Please(string Language) : IRequest<string>;

[Agent("interpreter")]
public sealed class InterpreterAgent : Agent, IHandle<Please, string>
{
    public async ValueTask<string> HandleAsync(Please request, AgentContext context, CancellationToken cancellationToken)
    {
        FoundAgents found = await context.FindAsync($"translate:{request.Language}", tags: ["text"], limit: 1, cancellationToken: cancellationToken);
        return found.Agents.Count > 0 ? found.Agents[0].Agent : throw new AgentRefusedException("interpreter.nobody", "Nobody speaks it.");
    }
}
