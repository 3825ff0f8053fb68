using System.Collections.Frozen;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansAgents.Agents;

namespace OrleansAgents.A2A;

/// <summary>The agents elsewhere that this silo may call, by name. What is known of them is shared by all agents here that stand for them.</summary>
internal sealed class RemoteAgents : IDisposable
{
    private readonly RemoteHttp _http = new();
    private readonly FrozenDictionary<string, RemoteClient> _clients;

    public RemoteAgents(IOptions<RemotesOptions> options, TimeProvider time, ILogger<RemoteAgents> logger) =>
        _clients = options.Value.Remotes.ToFrozenDictionary(r => r.Key, r => new RemoteClient(r.Key, r.Value, _http, time, logger), StringComparer.Ordinal);

    /// <summary>The one that an address means.</summary>
    /// <exception cref="AgentRefusedException">None of that name is set.</exception>
    public RemoteClient Demand(AgentId agent) => _clients.GetValueOrDefault(RemoteAddress.NameOf(agent))
        ?? throw new AgentRefusedException(
            RemoteCodes.Unknown, $"No agent elsewhere is named '{RemoteAddress.NameOf(agent)}'; its address belongs into Agents:Remotes:{RemoteAddress.NameOf(agent)}:Url.");

    public void Dispose() => _http.Dispose();
}
