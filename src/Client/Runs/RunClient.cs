using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Runs;

/// <summary>How a run is started.</summary>
public sealed record RunStartOptions
{
    /// <summary>The run's id, which with <c>run/</c> before it is an address; null for a new one. To start the same twice, give one.</summary>
    public string? Id { get; init; }

    /// <summary>How long it may take before it fails; null for the silo's <c>RunOptions.Within</c>, 1 hour unless told.</summary>
    public TimeSpan? Within { get; init; }

    /// <summary>The conversation that it belongs to; null for one of its own, with the run's id.</summary>
    public string? ConversationId { get; init; }
}

/// <summary>Adds runs to a client.</summary>
public static class RunClient
{
    /// <summary>
    /// Starts a run: work that takes longer than a call. From the return on it is stored, and goes on whatever becomes of
    /// this program. Every contract that an agent handles can be run.
    /// </summary>
    /// <param name="client">The client; it is the run's owner, by its <see cref="AgentClientOptions.Sender"/>.</param>
    /// <param name="agent">Who is to do it.</param>
    /// <param name="message">What.</param>
    /// <param name="options">The id, the time and the conversation; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the wait, not the run.</param>
    /// <exception cref="AgentRefusedException">It cannot be started: the address is none, the time makes no sense, the id is taken, or a rule forbids it. Whether the agent would have it the run's state tells.</exception>
    /// <exception cref="AgentTimeoutException">No answer came in time; starting it again with the same id tells.</exception>
    public static ValueTask<RunHandle> StartAsync<TMessage>(
        this IAgentClient client, AgentId agent, TMessage message, RunStartOptions? options = null, CancellationToken cancellationToken = default)
        where TMessage : notnull
    {
        var contract = Contract.Of(message.GetType());
        return client.StartJsonAsync(agent, contract.Name, JsonSerializer.SerializeToElement(message, contract.TypeInfo), contract.Version, options, cancellationToken);
    }

    /// <summary>Starts a run with a JSON object as it is; otherwise as <see cref="StartAsync"/>.</summary>
    /// <inheritdoc cref="StartAsync" path="/exception"/>
    public static async ValueTask<RunHandle> StartJsonAsync(
        this IAgentClient client, AgentId agent, string type, JsonElement payload, int version = 1, RunStartOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        var run = client.Run(options?.Id ?? MessageId.New().ToString());
        var within = options?.Within is { } time ? (long?)Math.Ceiling(time.TotalMilliseconds) : null;
        var send = options?.ConversationId is { } conversation ? new SendOptions { ConversationId = conversation } : null;
        await run.Agent.AskAsync(new RunStart(agent.ToString(), type, payload, version, within), send, cancellationToken);
        return run;
    }

    /// <summary>Lists the runs that this client started and that are kept, those first whose state changed last.</summary>
    /// <exception cref="AgentRefusedException">The limit makes no sense, or the page's run has moved.</exception>
    public static ValueTask<RunsPage> ListRunsAsync(this IAgentClient client, RunsList? list = null, CancellationToken cancellationToken = default)
    {
        var index = client.Agent(RunAddress.IndexFor(client.Sender));
        return index.AskAsync(list ?? new RunsList(), cancellationToken: cancellationToken);
    }
}
