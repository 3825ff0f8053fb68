using System.Collections.Concurrent;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansAgents.Telemetry;

namespace OrleansAgents.Intelligence;

/// <summary>The models of a silo by name. Each client is made when it is first asked for, and shared.</summary>
internal sealed class ModelCatalogue(
    IServiceProvider services, IOptions<ModelsOptions> options, IEnumerable<IModelProvider> providers, TimeProvider time, ILoggerFactory loggers) : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<IChatClient>> _clients = new(StringComparer.Ordinal);
    private readonly ModelsOptions _options = options.Value;

    /// <summary>Whether the default is the offline model because there is no other.</summary>
    public bool IsOffline => _options.Models.Count == 0;

    /// <summary>The settings of a model; null for the name means the default.</summary>
    /// <exception cref="InvalidOperationException">There is no such model; the message names the setting.</exception>
    public ModelOptions Describe(string? name = null) => Find(name ?? ModelsOptions.Default).Options;

    /// <summary>The client of a model, with its limits, repeats and traces; null for the name means the default.</summary>
    /// <inheritdoc cref="Describe" path="/exception"/>
    public IChatClient Get(string? name = null)
    {
        var (found, model) = Find(name ?? ModelsOptions.Default);
        return _clients.GetOrAdd(found, static (key, made) => new Lazy<IChatClient>(() => made.Self.Create(key, made.Model)), (Self: this, Model: model)).Value;
    }

    public void Dispose()
    {
        foreach (var client in _clients.Values.Where(c => c.IsValueCreated))
        {
            client.Value.Dispose();
        }
    }

    private (string Name, ModelOptions Options) Find(string name) =>
        _options.Models.TryGetValue(name, out var model) ? (name, model)
        : name == ModelsOptions.Default && _options.Models.Count == 1 ? (_options.Models.Keys.Single(), _options.Models.Values.Single())
        : name == ModelsOptions.Default && IsOffline ? (name, new ModelOptions { Provider = OfflineChatClient.Provider })
        : throw new InvalidOperationException(
            $"There is no model '{name}'; set Agents:Models:{name}, or name one of these: {string.Join(", ", _options.Models.Keys.Append(ModelsOptions.Default).Distinct(StringComparer.Ordinal))}.");

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
