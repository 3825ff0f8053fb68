namespace OrleansAgents.Security;

/// <summary>A JSON text has no canonical form. The message quotes nothing of it.</summary>
/// <param name="code">One of <see cref="Messaging.RefusalCodes"/>.</param>
/// <param name="message">What is wrong, for people.</param>
/// <param name="pointer">Where (RFC 6901).</param>
/// <param name="places">The same with members by their places instead of names; empty for the whole.</param>
internal sealed class CanonicalJsonException(string code, string message, string pointer, string places = "") : Exception(message)
{
    public string Code { get; } = code;

    public string Pointer { get; } = pointer;

    /// <summary>What the sender of a message learns whose payload it is about.</summary>
    public Messaging.Refusal ToRefusal(Messaging.Envelope message) => new(
        Code, $"{message.Contract} {message.Id} cannot be signed: {Message}")
    {
        Problems = [new Messaging.Problem("/payload" + PointerIn(message.Contract), Code, Message)],
    };

    /// <summary>Where, with no names but those that the contract gives.</summary>
    private string PointerIn(Messaging.Contract contract) => string.Join('/', Pointer.Split('/').Zip(places.Split('/'), (step, place) =>
        step == place || Messaging.ContractNames.Has(contract, Messaging.FieldReader.Unescape(step)) ? step : place));
}
