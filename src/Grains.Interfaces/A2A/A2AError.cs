using System.Text.Json.Serialization;

namespace OrleansAgents.A2A;

/// <summary>What can go wrong, as both bindings say it.</summary>
/// <param name="Reason">The error's name, which does not change; null for one that JSON-RPC itself has.</param>
/// <param name="Code">The code of JSON-RPC.</param>
/// <param name="HttpStatus">The status of HTTP.</param>
/// <param name="Status">The status's name in gRPC, which the second binding repeats.</param>
internal sealed record A2AError(string? Reason, int Code, int HttpStatus, string Status)
{
    /// <summary>Whose errors the reasons are.</summary>
    public const string Domain = "a2a-protocol.org";

    private const string Precondition = "FAILED_PRECONDITION", InvalidArgument = "INVALID_ARGUMENT";

    public static readonly A2AError TaskNotFound = new("TASK_NOT_FOUND", -32001, 404, "NOT_FOUND");
    public static readonly A2AError TaskNotCancelable = new("TASK_NOT_CANCELABLE", -32002, 400, Precondition);
    public static readonly A2AError PushNotificationNotSupported = new("PUSH_NOTIFICATION_NOT_SUPPORTED", -32003, 400, Precondition);
    public static readonly A2AError UnsupportedOperation = new("UNSUPPORTED_OPERATION", -32004, 400, Precondition);
    public static readonly A2AError ContentTypeNotSupported = new("CONTENT_TYPE_NOT_SUPPORTED", -32005, 400, InvalidArgument);
    public static readonly A2AError InvalidAgentResponse = new("INVALID_AGENT_RESPONSE", -32006, 500, "INTERNAL");
    public static readonly A2AError ExtendedAgentCardNotConfigured = new("EXTENDED_AGENT_CARD_NOT_CONFIGURED", -32007, 400, Precondition);
    public static readonly A2AError ExtensionSupportRequired = new("EXTENSION_SUPPORT_REQUIRED", -32008, 400, Precondition);
    public static readonly A2AError VersionNotSupported = new("VERSION_NOT_SUPPORTED", -32009, 400, Precondition);

    public static readonly A2AError ParseError = new(null, -32700, 400, InvalidArgument);
    public static readonly A2AError InvalidRequest = new(null, -32600, 400, InvalidArgument);
    public static readonly A2AError MethodNotFound = new(null, -32601, 404, "NOT_FOUND");
    public static readonly A2AError InvalidParams = new(null, -32602, 400, InvalidArgument);
    public static readonly A2AError Internal = new(null, -32603, 500, "INTERNAL");

    private static readonly A2AError[] Named =
    [
        TaskNotFound, TaskNotCancelable, PushNotificationNotSupported, UnsupportedOperation, ContentTypeNotSupported, InvalidAgentResponse,
        ExtendedAgentCardNotConfigured, ExtensionSupportRequired, VersionNotSupported,
    ];

    /// <summary>The error of a reason; null for one that is none of the protocol's.</summary>
    public static A2AError? OfReason(string? reason) => Array.Find(Named, error => error.Reason == reason);

    /// <summary>The error of a code of JSON-RPC; null for one that is none of ours.</summary>
    public static A2AError? OfCode(int code) =>
        Array.Find(Named, error => error.Code == code) ?? Array.Find([ParseError, InvalidRequest, MethodNotFound, InvalidParams, Internal], error => error.Code == code);
}

/// <summary>The error of an answer by JSON-RPC.</summary>
/// <param name="Code">The code.</param>
/// <param name="Message">A sentence for people.</param>
/// <param name="Data">More about it; null for nothing.</param>
internal sealed record RpcError(int Code, string Message, IReadOnlyList<ErrorDetail>? Data = null);

/// <summary>The body of an error by HTTP.</summary>
/// <param name="Error">The error.</param>
internal sealed record HttpErrorBody(HttpError Error);

/// <summary>An error by HTTP.</summary>
/// <param name="Code">The status of HTTP.</param>
/// <param name="Message">A sentence for people.</param>
/// <param name="Status">The status's name; null where nobody said.</param>
/// <param name="Details">More about it; null for nothing.</param>
internal sealed record HttpError(int Code, string Message, string? Status = null, IReadOnlyList<ErrorDetail>? Details = null);

/// <summary>More about an error. Kinds that we do not know are read with their type alone.</summary>
/// <param name="Type">What kind of detail it is.</param>
/// <param name="Reason">Of <see cref="Info"/>: the error's name.</param>
/// <param name="Domain">Of <see cref="Info"/>: whose error it is.</param>
/// <param name="Metadata">Of <see cref="Info"/>: what it is about.</param>
/// <param name="FieldViolations">Of <see cref="BadRequest"/>: what is wrong with the request.</param>
/// <param name="RetryDelay">Of <see cref="RetryInfo"/>: how long to wait before a repeat, in seconds with an <c>s</c> behind.</param>
internal sealed record ErrorDetail(
    [property: JsonPropertyName("@type")] string Type, string? Reason = null, string? Domain = null, IReadOnlyDictionary<string, string>? Metadata = null,
    IReadOnlyList<FieldViolation>? FieldViolations = null, string? RetryDelay = null)
{
    /// <summary>Names an error.</summary>
    public const string Info = "type.googleapis.com/google.rpc.ErrorInfo";

    /// <summary>Says what is wrong with a request.</summary>
    public const string BadRequest = "type.googleapis.com/google.rpc.BadRequest";

    /// <summary>Says when to come back.</summary>
    public const string RetryInfo = "type.googleapis.com/google.rpc.RetryInfo";
}

/// <summary>A fault of a request.</summary>
/// <param name="Field">Where, such as <c>message.parts[0]</c>.</param>
/// <param name="Description">What, in a sentence for people.</param>
internal sealed record FieldViolation(string Field, string Description);
