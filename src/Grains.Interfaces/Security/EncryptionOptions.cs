namespace OrleansAgents.Security;

/// <summary>Which payloads are sealed, and with what. Clients and silos of a cluster are told the same, as far as they hold the keys.</summary>
public sealed class EncryptionOptions
{
    /// <summary>
    /// The groups of recipients, in order: a recipient belongs to the first that names it. A message to one that belongs to
    /// none is not sealed. Empty unless told.
    /// </summary>
    public IList<KeyGroup> Groups { get; } = [];
}

/// <summary>Recipients whose messages are sealed with the same keys.</summary>
public sealed class KeyGroup
{
    /// <summary>The group's name, for messages about it; no other group has it.</summary>
    public string Name { get; set; } = "";

    /// <summary>
    /// The recipients: addresses such as <c>pricer/eu</c>, or their beginnings with an asterisk at the end, such as
    /// <c>pricer/*</c> or <c>topic/orders/*</c>. One asterisk alone means all.
    /// </summary>
    public IList<string> Recipients { get; } = [];

    /// <summary>
    /// The keys, each a secret of 32 bytes in Base64. The first with <see cref="SecretKey.Use"/> seals; all of them open. To
    /// change it, add the new one with <c>Use</c> false everywhere, then set that true, and remove the old one when nothing
    /// sealed with it is left.
    /// </summary>
    public IList<SecretKey> Keys { get; } = [];

    /// <summary>Whether a silo refuses messages to these recipients that are not sealed, as <c>not-sealed</c>. True unless told.</summary>
    public bool Required { get; set; } = true;
}
