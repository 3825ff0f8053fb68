using System.Collections.Frozen;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansAgents.Agents;

namespace OrleansAgents.Security;

/// <summary>The keys as they are now.</summary>
internal sealed class KeyRing(IOptionsMonitor<KeyRingOptions> options, TimeProvider time, ILogger<KeyRing> logger) : IDisposable
{
    private readonly Reloaded<KeyRingOptions, Keys> _keys =
        new(options, static o => new Keys(o), static o => o.Keys.Any(key => key.File is not null), time, logger);

    public Keys Current => _keys.Current;

    public void Dispose() => _keys.Dispose();
}

/// <summary>The keys of one moment.</summary>
internal sealed class Keys
{
    private readonly FrozenDictionary<string, HashKey> _byId;
    private readonly FrozenDictionary<AgentId, HashKey> _byIdentity;
    private readonly HashKey[] _patterns;

    /// <exception cref="SecretKeyException">A key cannot be used, or two have one name.</exception>
    public Keys(KeyRingOptions options)
    {
        var keys = options.Keys.Select(k => new HashKey(k)).ToArray();
        if (keys.GroupBy(k => k.Id, StringComparer.Ordinal).FirstOrDefault(g => g.Skip(1).Any()) is { } twice)
        {
            throw new SecretKeyException($"Two keys have the Id '{twice.Key}'; give each one of its own.");
        }

        _byId = keys.ToFrozenDictionary(k => k.Id, StringComparer.Ordinal);
        var used = keys.Where(k => k.Use).ToArray();
        _byIdentity = used.Where(k => !k.Identity.IsPrefix)
            .DistinctBy(k => k.Identity)
            .ToFrozenDictionary(k => new AgentId(k.Identity.Kind, k.Identity.Key));
        // Of several that fit, the one that says most is the identity's own.
        _patterns = [.. used.Where(k => k.Identity.IsPrefix).OrderByDescending(k => k.Identity.Kind.Length > 0).ThenByDescending(k => k.Identity.Key.Length)];
    }

    /// <summary>Whether there is a key to sign with, whoever the sender is.</summary>
    public bool SignForAll => _patterns.Length > 0 && _patterns[^1].Identity.Kind.Length == 0;

    public bool IsEmpty => _byId.Count == 0;

    public HashKey? Find(string id) => _byId.TryGetValue(id, out var key) ? key : null;

    /// <summary>The key that signs what an identity sends; null when there is none.</summary>
    public HashKey? FindFor(AgentId sender)
    {
        if (_byIdentity.TryGetValue(sender, out var own))
        {
            return own;
        }

        foreach (var key in _patterns)
        {
            if (key.Identity.Matches(sender))
            {
                return key;
            }
        }

        return null;
    }
}
