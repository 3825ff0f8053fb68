using OrleansAgents.Messaging;

namespace OrleansAgents.Security;

/// <summary>Signs what a process sends. It is there where that has to be signed: in programs with keys, and in silos that sign everything.</summary>
internal sealed class OutgoingSignatures(MessageSigner signer)
{
    /// <summary>The message signed as of now, whoever signed it before; as it is where there is no key for its sender.</summary>
    /// <exception cref="CanonicalJsonException">The payload has no canonical form.</exception>
    public Envelope Sign(Envelope message) => signer.Sign(message);

    /// <summary>The message signed with the time that it has, for those who keep it.</summary>
    /// <inheritdoc cref="Sign" path="/exception"/>
    public Envelope SignForKeeping(Envelope message) => signer.Sign(message, message.Extras?.SentAt ?? default);
}
