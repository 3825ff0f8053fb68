namespace OrleansAgents.Security;

/// <summary>
/// The keys that messages are signed with. A silo has those of everybody whose messages it takes in; a program outside has
/// its own. They are read again when the configuration or a key's file changes, without a restart.
/// </summary>
public sealed class KeyRingOptions
{
    /// <summary>The keys. An identity may have several; to change one see <c>docs/security.md</c>.</summary>
    public IList<SigningKey> Keys { get; } = [];
}

/// <summary>A key for signatures. Its secret is used as the bytes of its UTF-8 text, 32 of them at least.</summary>
public sealed class SigningKey : SecretKey
{
    /// <summary>
    /// Whose messages it signs: an address (<c>client/till</c>), a kind's (<c>client/*</c>), those that begin alike
    /// (<c>client/till-*</c>), or <c>*</c> for all, which is for silos that sign for their agents.
    /// </summary>
    public string Identity { get; set; } = "";
}
