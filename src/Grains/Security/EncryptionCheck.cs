using OrleansAgents.Messaging;

namespace OrleansAgents.Security;

/// <summary>
/// Lets in what is sealed with a known key and, where the group of its recipient does not demand that, what is not sealed.
/// An event obeys the group of its topic: what its subscribers belong to does not matter.
/// </summary>
internal sealed class EncryptionCheck(PayloadCipher cipher) : IGateCheck
{
    public GateStage Stage => GateStage.Encryption;

    public Refusal? Check(Envelope message, bool isEvent) => cipher.Check(message);
}
