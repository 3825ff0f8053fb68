using Microsoft.Extensions.Options;
using OrleansAgents.Security;

namespace OrleansAgents.Tests.Security;

/// <summary>Keys that a test changes while they are used, as an operator does by changing the configuration.</summary>
internal sealed class TestKeys : IOptionsMonitor<KeyRingOptions>
{
    private readonly List<Action<KeyRingOptions, string?>> _listeners = [];

    public TestKeys(params SigningKey[] keys) => Set(keys);

    public KeyRingOptions CurrentValue { get; private set; } = new();

    public static SigningKey Key(string id, string identity, bool use = true) =>
        new() { Id = id, Identity = identity, Use = use, Secret = $"the secret of the key {id} is this long" };

    public void Set(params SigningKey[] keys)
    {
        var options = new KeyRingOptions();
        foreach (var key in keys)
        {
            options.Keys.Add(key);
        }

        CurrentValue = options;
        foreach (var listener in _listeners)
        {
            listener(options, null);
        }
    }

    public KeyRingOptions Get(string? name) => CurrentValue;

    public IDisposable? OnChange(Action<KeyRingOptions, string?> listener)
    {
        _listeners.Add(listener);
        return null;
    }
}
