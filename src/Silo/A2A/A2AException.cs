using OrleansAgents.Endpoints;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.A2A;

/// <summary>A request that is answered with an error of the protocol.</summary>
internal sealed class A2AException(A2AError error, string message) : Exception(message)
{
    /// <summary>Whose errors ours are that the protocol does not name.</summary>
    private const string OwnDomain = "orleans-agents";

    // What JSON-RPC leaves to servers, and A2A leaves free.
    private const int ServerError = -32000;

    public A2AError Error { get; } = error;

    /// <summary>More about it.</summary>
    public IReadOnlyList<ErrorDetail> Details { get; private init; } =
        error.Reason is { } reason ? [new ErrorDetail(ErrorDetail.Info, reason, A2AError.Domain)] : [];

    /// <summary>What it was refused with; null where this door refused it.</summary>
    public Refusal? Refusal { get; private init; }

    public static A2AException Invalid(string field, string description) => new(A2AError.InvalidParams, $"{field}: {description}")
    {
        Details = [new ErrorDetail(ErrorDetail.BadRequest, FieldViolations: [new FieldViolation(field, description)])],
    };

    /// <summary>The error that a refusal of the platform's, or of an agent's own, comes to.</summary>
    public static A2AException Of(Refusal refusal, Outcome outcome)
    {
        var status = HttpCodes.StatusOf(outcome, refusal.Code);
        var error = refusal.Code switch
        {
            RunCodes.Unknown => A2AError.TaskNotFound,
            RunCodes.Final or RunCodes.NotListening => A2AError.UnsupportedOperation,
            _ => status switch
            {
                StatusCodes.Status400BadRequest or StatusCodes.Status409Conflict or StatusCodes.Status422UnprocessableEntity => A2AError.InvalidParams,
                StatusCodes.Status500InternalServerError => A2AError.Internal,
                _ => new A2AError(null, ServerError, status, NameOf(status)),
            },
        };
        return error.Reason is not null ? new A2AException(error, refusal.Message) { Refusal = refusal } : new A2AException(error, refusal.Message)
        {
            Refusal = refusal,
            Details = [new ErrorDetail(ErrorDetail.Info, Upper(refusal.Code), OwnDomain), .. Describe(refusal), .. Advise(refusal)],
        };
    }

    private static IEnumerable<ErrorDetail> Describe(Refusal refusal) => refusal.Problems is { Count: > 0 } problems
        ? [new ErrorDetail(ErrorDetail.BadRequest, FieldViolations: [.. problems.Select(p => new FieldViolation(p.Pointer, p.Message))])]
        : [];

    private static IEnumerable<ErrorDetail> Advise(Refusal refusal) => refusal.RetryAfterMs is { } pause
        ? [new ErrorDetail(ErrorDetail.RetryInfo, RetryDelay: string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{pause / 1000.0:0.###}s"))]
        : [];

    private static string Upper(string code) => code.ToUpperInvariant().Replace('-', '_').Replace('.', '_');

    private static string NameOf(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => "UNAUTHENTICATED",
        StatusCodes.Status403Forbidden => "PERMISSION_DENIED",
        StatusCodes.Status404NotFound => "NOT_FOUND",
        StatusCodes.Status405MethodNotAllowed => "UNIMPLEMENTED",
        StatusCodes.Status413PayloadTooLarge => "OUT_OF_RANGE",
        StatusCodes.Status429TooManyRequests => "RESOURCE_EXHAUSTED",
        StatusCodes.Status503ServiceUnavailable => "UNAVAILABLE",
        StatusCodes.Status504GatewayTimeout => "DEADLINE_EXCEEDED",
        _ => "UNKNOWN",
    };
}
