namespace OrleansAgents.A2A;

/// <summary>The names of the protocol, version 1.0.</summary>
internal static class A2AProtocol
{
    /// <summary>The version.</summary>
    public const string Version = "1.0";

    /// <summary>The binding by JSON-RPC 2.0.</summary>
    public const string JsonRpc = "JSONRPC";

    /// <summary>The binding by paths and methods of HTTP.</summary>
    public const string HttpJson = "HTTP+JSON";

    /// <summary>The media type of the second binding, and of push notifications.</summary>
    public const string MediaType = "application/a2a+json";

    /// <summary>The header, and the parameter of the query, that says which version is spoken.</summary>
    public const string VersionHeader = "A2A-Version";

    /// <summary>The header that lists extensions.</summary>
    public const string ExtensionsHeader = "A2A-Extensions";

    /// <summary>The header with the token of a push configuration.</summary>
    public const string TokenHeader = "X-A2A-Notification-Token";

    /// <summary>Where a host has its card.</summary>
    public const string CardPath = "/.well-known/agent-card.json";

    /// <summary>The methods, as JSON-RPC has them.</summary>
    public const string SendMessage = "SendMessage", SendStreamingMessage = "SendStreamingMessage", GetTask = "GetTask", ListTasks = "ListTasks",
        CancelTask = "CancelTask", SubscribeToTask = "SubscribeToTask", CreatePushConfig = "CreateTaskPushNotificationConfig",
        GetPushConfig = "GetTaskPushNotificationConfig", ListPushConfigs = "ListTaskPushNotificationConfigs",
        DeletePushConfig = "DeleteTaskPushNotificationConfig", GetExtendedAgentCard = "GetExtendedAgentCard";

    /// <summary>Whether a version that somebody names is ours; digits behind the second number do not matter.</summary>
    public static bool Speaks(ReadOnlySpan<char> version)
    {
        version = version.Trim();
        return version.StartsWith(Version, StringComparison.Ordinal)
            && (version.Length == Version.Length || (version[Version.Length] == '.' && !version[(Version.Length + 1)..].ContainsAnyExceptInRange('0', '9')));
    }
}
