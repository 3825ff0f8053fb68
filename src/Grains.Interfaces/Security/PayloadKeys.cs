using System.Buffers;
using System.Buffers.Text;
using System.Collections.Frozen;
using OrleansAgents.Agents;

namespace OrleansAgents.Security;

/// <summary>The groups and keys of one state of the settings. Immutable.</summary>
internal sealed class PayloadKeys
{
    private readonly Group[] _groups;
    private readonly FrozenDictionary<string, PayloadKey> _keys;

    private PayloadKeys(Group[] groups, FrozenDictionary<string, PayloadKey> keys) => (_groups, _keys) = (groups, keys);

    /// <summary>Reads the settings; a key that <paramref name="before"/> has goes on where it was.</summary>
    /// <exception cref="SecretKeyException">A setting is faulty; the message says which, and never the secret.</exception>
    public static PayloadKeys Create(EncryptionOptions options, PayloadKeys? before = null)
    {
        var keys = new Dictionary<string, PayloadKey>(StringComparer.Ordinal);
        var names = new HashSet<string>(StringComparer.Ordinal);
        var groups = new List<Group>();
        foreach (var group in options.Groups)
        {
            if (string.IsNullOrWhiteSpace(group.Name) || !names.Add(group.Name))
            {
                throw new SecretKeyException("A group of Groups has no Name, or that of another; give each one of its own.");
            }

            groups.Add(Create(group, keys, before));
        }

        return new PayloadKeys([.. groups], keys.ToFrozenDictionary(StringComparer.Ordinal));
    }

    /// <summary>The group that a recipient belongs to; null for none.</summary>
    public Group? Find(AgentId recipient)
    {
        foreach (var group in _groups)
        {
            foreach (var pattern in group.Recipients)
            {
                if (pattern.Matches(recipient))
                {
                    return group;
                }
            }
        }

        return null;
    }

    public PayloadKey? FindKey(string id) => _keys.GetValueOrDefault(id);

    private static Group Create(KeyGroup options, Dictionary<string, PayloadKey> all, PayloadKeys? before)
    {
        var recipients = options.Recipients.Select(text => AddressPattern.TryParse(text, out var recipient, out var fault) ? recipient : throw new SecretKeyException(
            $"A recipient of the group '{options.Name}': {fault}")).ToArray();
        if (recipients.Length == 0)
        {
            throw new SecretKeyException($"The group '{options.Name}' has no Recipients; give addresses such as pricer/eu, or pricer/* for all that begin so.");
        }

        PayloadKey? sealing = null;
        var own = new List<PayloadKey>();
        foreach (var secret in options.Keys)
        {
            var key = Read(secret, before);
            if (!all.TryAdd(key.Id, key))
            {
                throw new SecretKeyException($"Two keys have the Id '{key.Id}'; give each one of its own.");
            }

            own.Add(key);
            sealing ??= secret.Use ? key : null;
        }

        return sealing is null && (options.Required || own.Count == 0)
            ? throw new SecretKeyException($"The group '{options.Name}' has no key to seal with; give one in Keys whose Use is true, or set Required to false where it has those that only open.")
            : new Group(options.Name, recipients, [.. own], sealing, options.Required);
    }

    private static PayloadKey Read(SecretKey secret, PayloadKeys? before)
    {
        var text = secret.Read();
        var bytes = new byte[PayloadKey.SecretBytes];
        if (text.Length != Base64.GetMaxEncodedToUtf8Length(bytes.Length)
            || Base64.DecodeFromUtf8(text, bytes, out _, out var length) != OperationStatus.Done || length != bytes.Length)
        {
            throw new SecretKeyException($"The secret of the key '{secret.Id}' is no Base64 of {bytes.Length} bytes; make one with: openssl rand -base64 32");
        }

        // The counter of its nonces must go on, and so must the ciphers made for it.
        return before?.FindKey(secret.Id) is { } known && known.IsSame(secret.Id, bytes) ? known : new PayloadKey(secret.Id, bytes);
    }

    /// <summary>A group: who belongs to it, and the key that seals, or null where its keys only open.</summary>
    internal sealed record Group(string Name, AddressPattern[] Recipients, PayloadKey[] Keys, PayloadKey? Sealing, bool Required)
    {
        public bool Has(string keyId) => Array.Exists(Keys, k => k.Id == keyId);
    }
}
