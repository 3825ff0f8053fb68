using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansAgents.Messaging;

namespace OrleansAgents.Security;

/// <summary>Lets in only what is signed, where the silo's policy demands it, and in time.</summary>
internal sealed partial class SignatureCheck(
    ChosenPolicy chosen, IOptions<SignatureOptions> options, MessageSigner signer, TimeProvider time, ILogger<SignatureCheck> logger) : IGateCheck
{
    private readonly TimeSpan _allowance = options.Value.ClockAllowance;

    public GateStage Stage => GateStage.Signature;

    public Refusal? Check(Envelope message, bool isEvent)
    {
        if (chosen.Policy == SignaturePolicy.External && (!message.IsFromOutside || isEvent))
        {
            return null;
        }

        if (message.Extras?.Signature is null)
        {
            return Refuse(message, RefusalCodes.NotSigned, "it has no signature",
                $"{message.Contract} from {message.Sender} is not signed, and this silo takes in only what is. Sign it with a key that the silo knows for the sender.");
        }

        // An event's time was looked at when it was published.
        if (!isEvent && FindTimeFault(message.Extras.SentAt) is { } untimely)
        {
            return Refuse(message, RefusalCodes.Stale, untimely, $"The signed message {message.Id} {untimely}. Set the sender's clock right, or sign the message anew.");
        }

        if (signer.FindFault(message, isEvent ? message.Extras.Position?.Topic.Agent ?? message.Recipient : message.Recipient) is { } fault)
        {
            return Refuse(message, RefusalCodes.BadSignature, fault,
                $"The signature of {message.Id} does not hold. Sign the message as it is sent, with a key that the silo knows for {message.Sender}.");
        }

        message.StampVerified();
        return null;
    }

    private string? FindTimeFault(DateTimeOffset? sentAt)
    {
        if (sentAt is not { } sent)
        {
            return "does not say when it was sent (sentAt)";
        }

        var now = time.GetUtcNow();
        return sent < now - _allowance ? string.Create(CultureInfo.InvariantCulture, $"was sent more than {_allowance.TotalSeconds:0} s ago")
            : sent > now + _allowance ? string.Create(CultureInfo.InvariantCulture, $"says it was sent more than {_allowance.TotalSeconds:0} s from now")
            : null;
    }

    private Refusal Refuse(Envelope message, string code, string fault, string sentence)
    {
        LogRefused(logger, message, PlainText.Show(message.Extras?.Signature?.KeyId, PlainText.Quoted), fault);
        return new Refusal(code, sentence);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Refused {Message}, signed with the key '{Key}': {Fault}")]
    private static partial void LogRefused(ILogger logger, Envelope message, string key, string fault);
}
