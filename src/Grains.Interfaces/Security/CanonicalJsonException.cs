namespace OrleansAgents.Security;

/// <summary>A JSON text has no canonical form. The message quotes nothing of it.</summary>
/// <param name="code">One of <see cref="Messaging.RefusalCodes"/>.</param>
/// <param name="message">What is wrong, for people.</param>
/// <param name="pointer">Where (RFC 6901).</param>
internal sealed class CanonicalJsonException(string code, string message, string pointer) : Exception(message)
{
    public string Code { get; } = code;

    public string Pointer { get; } = pointer;
}
