using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansAgents.Telemetry;

namespace OrleansAgents.Intelligence;

/// <summary>The models of a silo by name. Each client is made when it is first asked for, and shared.</summary>
internal sealed class ModelCatalogue(
    IServiceProvider services, IOptions<ModelsOptions> options, IEnumerable<IModelProvider> providers, TimeProvider time, ILoggerFactory loggers) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, IChatClient> _clients = new(StringComparer.Ordinal);
    private readonly ModelsOptions _options = options.Value;

    /// <summary>Whether the default is the offline model because there is no other.</summary>
    public bool IsOffline => _options.Models.Count == 0;

    /// <summary>The settings of a model; null for the name means the default.</summary>
    /// <exception cref="InvalidOperationException">There is no such model; the message names the setting.</exception>
    public ModelOptions Describe(string? name = null) => Find(name ?? ModelsOptions.Default).Options;

    /// <summary>The settings of a model; null where none is set under the name, as of a client that somebody registered by a key.</summary>
    public ModelOptions? TryDescribe(string name) => TryFind(name)?.Options;

    /// <summary>Why there is no such model, and the remedy; null where there is one.</summary>
    public string? FindFault(string name) => TryFind(name) is not null ? null
        : $"There is no model '{name}'; set Agents:Models:{name}, or name one of these: {string.Join(", ", _options.Models.Keys.Append(ModelsOptions.Default).Distinct(StringComparer.Ordinal))}.";

    /// <summary>The client of a model, with its limits, repeats and traces; null for the name means the default.</summary>
    /// <inheritdoc cref="Describe" path="/exception"/>
    public IChatClient Get(string? name = null)
    {
        var (found, model) = Find(name ?? ModelsOptions.Default);
        lock (_lock)
        {
            if (!_clients.TryGetValue(found, out var client))
            {
                _clients[found] = client = Create(found, model);
            }

            return client;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var client in _clients.Values)
            {
                client.Dispose();
            }

            _clients.Clear();
        }
    }

    private (string Name, ModelOptions Options) Find(string name) => TryFind(name) ?? throw new InvalidOperationException(FindFault(name));

    private (string Name, ModelOptions Options)? TryFind(string name) =>
        _options.Models.TryGetValue(name, out var model) ? (name, model)
        : name == ModelsOptions.Default && _options.Models.Count == 1 ? (_options.Models.Keys.Single(), _options.Models.Values.Single())
        : name == ModelsOptions.Default && IsOffline ? (name, new ModelOptions { Provider = OfflineChatClient.Provider })
        : null;

    private IChatClient Create(string name, ModelOptions model)
    {
        var inner = model.Client?.Invoke(services)
            ?? (model.Provider == OfflineChatClient.Provider ? new OfflineChatClient() : providers.First(p => p.Name == model.Provider).Create(model, model.ReadKey()));
        var guarded = new GuardedChatClient(inner, name, model, time, loggers.CreateLogger<GuardedChatClient>());
        return guarded.AsBuilder()
            // Outside, so that a span is a call as an agent sees it, with its repeats.
            .UseOpenTelemetry(loggers, AgentTelemetry.ModelSourceName, client => client.EnableSensitiveData = _options.RecordPrompts)
            .ConfigureOptions(call => call.MaxOutputTokens = Cap(call.MaxOutputTokens, model.MaxOutputTokens))
            .Build(services);
    }

    private static int? Cap(int? asked, int? most) => asked is { } wanted && most is { } limit ? Math.Min(wanted, limit) : asked ?? most;
}
