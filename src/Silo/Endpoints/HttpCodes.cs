using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.Endpoints;

/// <summary>The codes of the door for messages beside those of the platform, and the status that goes with each code.</summary>
internal static class HttpCodes
{
    public const string Unauthenticated = "unauthenticated";
    public const string NotYours = "not-yours";
    public const string RateLimited = "rate-limited";
    public const string UnsupportedMediaType = "unsupported-media-type";
    public const string BadParameter = "bad-parameter";
    public const string NotFound = "not-found";
    public const string MethodNotAllowed = "method-not-allowed";
    public const string TooManyStreams = "too-many-streams";
    public const string OriginNotAllowed = "origin-not-allowed";
    public const string Internal = "internal";

    public static int StatusOf(Outcome outcome, string? code) => outcome switch
    {
        Outcome.Accepted or Outcome.Duplicate => StatusCodes.Status200OK,
        Outcome.Failed => code is RefusalCodes.Unreachable or RefusalCodes.DeadlineExceeded ? StatusCodes.Status504GatewayTimeout : StatusCodes.Status500InternalServerError,
        _ => StatusOf(code),
    };

    private static int StatusOf(string? code) => code switch
    {
        RefusalCodes.MalformedJson or RefusalCodes.InvalidUtf8 or RefusalCodes.TooDeep or RefusalCodes.MissingField or RefusalCodes.WrongKind
            or RefusalCodes.DuplicateField or RefusalCodes.BadAddress or RefusalCodes.BadId or RefusalCodes.BadType or RefusalCodes.BadVersion
            or RefusalCodes.BadTime or BadParameter => StatusCodes.Status400BadRequest,
        Unauthenticated or RefusalCodes.NotSigned or RefusalCodes.BadSignature or RefusalCodes.Stale or RefusalCodes.Replayed => StatusCodes.Status401Unauthorized,
        NotYours or RefusalCodes.NotAllowed or OriginNotAllowed => StatusCodes.Status403Forbidden,
        RefusalCodes.UnknownKind or NotFound or RunCodes.Unknown => StatusCodes.Status404NotFound,
        MethodNotAllowed => StatusCodes.Status405MethodNotAllowed,
        RefusalCodes.Cancelled or RunCodes.Exists or RunCodes.Final or RunCodes.NotListening => StatusCodes.Status409Conflict,
        RefusalCodes.TooLarge => StatusCodes.Status413PayloadTooLarge,
        UnsupportedMediaType => StatusCodes.Status415UnsupportedMediaType,
        RateLimited => StatusCodes.Status429TooManyRequests,
        RefusalCodes.ActivationFailed or Internal => StatusCodes.Status500InternalServerError,
        RefusalCodes.Unreachable or RefusalCodes.DeadlineExceeded => StatusCodes.Status504GatewayTimeout,
        TooManyStreams => StatusCodes.Status503ServiceUnavailable,
        { } transient when RefusalCodes.IsTransient(transient) => StatusCodes.Status503ServiceUnavailable,
        // The gate's and the agents' own: the message can be read, and cannot be taken as it is.
        _ => StatusCodes.Status422UnprocessableEntity,
    };
}
