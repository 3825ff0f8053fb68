using OrleansAgents.Messaging;

namespace OrleansAgents.A2A;

/// <summary>Why a call to an agent elsewhere came to nothing.</summary>
/// <param name="code">One of <see cref="RemoteCodes"/>.</param>
/// <param name="message">The sentence to it. It holds no key and nothing of what was said.</param>
/// <param name="inner">What happened below; null for nothing.</param>
internal sealed class RemoteException(string code, string message, Exception? inner = null) : Exception(message, inner)
{
    private const int LongestText = 500;

    public string Code { get; } = code;

    /// <summary>Whether the same call a little later may well get through.</summary>
    public bool IsTransient { get; init; }

    /// <summary>How long to wait before that; null where nobody said.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The protocol's error; null for none.</summary>
    public A2AError? Error { get; init; }

    /// <summary>The refusal that a sender here gets.</summary>
    public Refusal ToRefusal() => new(Code, Message) { RetryAfterMs = RetryAfter is { } wait ? (int)Math.Min(wait.TotalMilliseconds, int.MaxValue) : null };

    public static RemoteException Broken(string host, string what, Exception? inner = null) =>
        new(RemoteCodes.Broken, $"{host} answers what is no A2A: {what}", inner) { IsTransient = true };

    public static RemoteException TooLarge(string host, int most) =>
        new(RemoteCodes.Broken, $"{host} answers with more than {most} bytes, which is the limit of MaxBytes.");

    /// <summary>What an error of the protocol means here.</summary>
    /// <param name="host">Who answered it.</param>
    /// <param name="error">The error; null for one that the protocol does not name.</param>
    /// <param name="status">The status of HTTP.</param>
    /// <param name="message">The sentence that came with it.</param>
    /// <param name="retryAfter">When to come again; null where nobody said.</param>
    public static RemoteException Of(string host, A2AError? error, int status, string? message, TimeSpan? retryAfter)
    {
        var said = string.IsNullOrWhiteSpace(message) ? $"{status}" : PlainText.Show(message, LongestText);
        if (error is null)
        {
            return OfStatus(host, status, said, retryAfter);
        }

        var code = error.Reason switch
        {
            _ when error == A2AError.TaskNotFound => RemoteCodes.TaskLost,
            _ when error == A2AError.InvalidAgentResponse || error == A2AError.Internal => RemoteCodes.Unavailable,
            _ when error == A2AError.InvalidParams || error == A2AError.InvalidRequest || error == A2AError.ParseError
                || error == A2AError.TaskNotCancelable || error == A2AError.ContentTypeNotSupported => RemoteCodes.Refused,
            _ => RemoteCodes.NotSupported,
        };
        return new RemoteException(code, $"{host} refuses the call: {said}") { Error = error, IsTransient = code == RemoteCodes.Unavailable, RetryAfter = retryAfter };
    }

    private static RemoteException OfStatus(string host, int status, string said, TimeSpan? retryAfter) => status switch
    {
        // Not a word of the answer: some repeat the key.
        401 or 403 => new(RemoteCodes.NotAuthorised, $"{host} does not accept the key, or wants one ({status})."),
        429 => new(RemoteCodes.RateLimited, $"{host} takes no more calls for now ({status}).") { IsTransient = true, RetryAfter = retryAfter },
        408 or >= 500 => new(RemoteCodes.Unavailable, $"{host} failed ({status}).") { IsTransient = true, RetryAfter = retryAfter },
        >= 300 and < 400 => new(RemoteCodes.NotSupported, $"{host} sends calls elsewhere ({status}), which is not followed; set Url to where the agent is."),
        404 or 405 => new(RemoteCodes.NotSupported, $"{host} has nothing at the address of the call ({status}).") { Error = A2AError.MethodNotFound },
        // An error of JSON-RPC that is the server's own comes with the status of success: passing where it says when to come back.
        < 300 when retryAfter is not null => new(RemoteCodes.Unavailable, $"{host} failed: {said}") { IsTransient = true, RetryAfter = retryAfter },
        _ => new(RemoteCodes.Refused, $"{host} does not accept the call: {said}"),
    };
}
