namespace OrleansAgents.Messaging;

/// <summary>
/// The stable codes of refusals and problems. They are part of the wire format: none is ever renamed or given another
/// meaning. <c>docs/wire-format.md</c> explains each.
/// </summary>
public static class RefusalCodes
{
    /// <summary>The text is no JSON.</summary>
    public const string MalformedJson = "malformed-json";
    /// <summary>The bytes are no UTF-8.</summary>
    public const string InvalidUtf8 = "invalid-utf8";
    /// <summary>The JSON nests deeper than the limit.</summary>
    public const string TooDeep = "too-deep";
    /// <summary>The message as a whole, or its payload or headers, is larger than the limit.</summary>
    public const string TooLarge = "too-large";
    /// <summary>A required field is missing.</summary>
    public const string MissingField = "missing-field";
    /// <summary>A field has another kind of JSON value than it must have.</summary>
    public const string WrongKind = "wrong-kind";
    /// <summary>A field stands twice.</summary>
    public const string DuplicateField = "duplicate-field";
    /// <summary>An address is none.</summary>
    public const string BadAddress = "bad-address";
    /// <summary>An id is no UUID, or the nil one.</summary>
    public const string BadId = "bad-id";
    /// <summary>A contract name breaks the rule.</summary>
    public const string BadType = "bad-type";
    /// <summary>A version is no whole number of 1 or more.</summary>
    public const string BadVersion = "bad-version";
    /// <summary>A time is not in RFC 3339 form.</summary>
    public const string BadTime = "bad-time";
    /// <summary>No silo hosts the recipient's kind.</summary>
    public const string UnknownKind = "unknown-kind";
    /// <summary>The recipient's kind is known, but none of the silos that host it is there now.</summary>
    public const string NoHost = "no-host";
    /// <summary>The message is for another agent than the one it was delivered to.</summary>
    public const string WrongRecipient = "wrong-recipient";
    /// <summary>The recipient's kind does not handle the contract.</summary>
    public const string UnknownContract = "unknown-contract";
    /// <summary>The recipient's kind handles the contract, but not in this version.</summary>
    public const string UnknownVersion = "unknown-version";
    /// <summary>The payload does not fit the contract.</summary>
    public const string InvalidPayload = "invalid-payload";
    /// <summary>The message must be signed and is not.</summary>
    public const string NotSigned = "not-signed";
    /// <summary>The message's signature does not hold: an unknown key, one of somebody else's, or another message than was signed.</summary>
    public const string BadSignature = "bad-signature";
    /// <summary>The signed message is older, or further in the future, than the clock allowance.</summary>
    public const string Stale = "stale";
    /// <summary>The signed message may have been handled before: it is older than what the agent remembers.</summary>
    public const string Replayed = "replayed";
    /// <summary>A signed or sealed message holds a number that a double cannot hold.</summary>
    public const string BadNumber = "bad-number";
    /// <summary>The payload must be sealed and is not.</summary>
    public const string NotSealed = "not-sealed";
    /// <summary>The sealed payload cannot be opened: an unknown key, or another message than was sealed.</summary>
    public const string BadSeal = "bad-seal";
    /// <summary>No access rule allows it, or one forbids it.</summary>
    public const string NotAllowed = "not-allowed";
    /// <summary>The message came after its time.</summary>
    public const string Expired = "expired";
    /// <summary>The message passed more agents than the limit.</summary>
    public const string TooManyHops = "too-many-hops";
    /// <summary>The ask would wait for itself.</summary>
    public const string Cycle = "cycle";
    /// <summary>The agent's queue is full; try again later.</summary>
    public const string Busy = "busy";
    /// <summary>The agent is stopping; a repeat reaches its next activation.</summary>
    public const string Stopping = "stopping";
    /// <summary>The caller cancelled.</summary>
    public const string Cancelled = "cancelled";
    /// <summary>The deadline passed while the handler ran; it was stopped and left no trace.</summary>
    public const string DeadlineExceeded = "deadline-exceeded";
    /// <summary>The handler failed and left no trace.</summary>
    public const string HandlerFailed = "handler-failed";
    /// <summary>The agent could not be activated.</summary>
    public const string ActivationFailed = "activation-failed";
    /// <summary>The store could not take the turn, which left no trace; a repeat may succeed.</summary>
    public const string StoreUnavailable = "store-unavailable";
    /// <summary>No answer came in time, or no silo was there to give one.</summary>
    public const string Unreachable = "unreachable";

    /// <summary>Whether a repeat of the same message, a little later, may well be accepted.</summary>
    public static bool IsTransient(string code) => code is Busy or Stopping or StoreUnavailable or NoHost;
}
