namespace OrleansAgents.A2A;

/// <summary>Where the changes of a task are to be posted. The protocol calls it TaskPushNotificationConfig.</summary>
/// <param name="Url">Where.</param>
/// <param name="TaskId">The task; null or empty where it is the one that the message begins.</param>
/// <param name="Id">Its id within the task; null or empty for one of the server's choice.</param>
/// <param name="Token">What the receiver knows the post by; null for nothing.</param>
/// <param name="Authentication">What the post is to show; null for nothing.</param>
/// <param name="Tenant">Which of the agents behind the interface is meant; null or empty where the client names none.</param>
internal sealed record PushConfig(
    string Url, string? TaskId = null, string? Id = null, string? Token = null, PushAuthentication? Authentication = null, string? Tenant = null)
{
    /// <summary>Without what is secret, so that no log and no error has it.</summary>
    public override string ToString() => $"{nameof(PushConfig)} {Id} of {TaskId}";
}

/// <summary>What a post shows to its receiver, in <c>Authorization</c>.</summary>
/// <param name="Scheme">The scheme, such as <c>Bearer</c>.</param>
/// <param name="Credentials">What follows the scheme; null for nothing.</param>
internal sealed record PushAuthentication(string Scheme, string? Credentials = null)
{
    /// <summary>Without what is secret, so that no log and no error has it.</summary>
    public override string ToString() => Scheme;
}

/// <summary>Reads one configuration of a task.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="Id">The configuration.</param>
/// <param name="Tenant">Which of the agents behind the interface is meant; null or empty where the client names none.</param>
internal sealed record GetPushConfigRequest(string TaskId, string Id, string? Tenant = null);

/// <summary>Lists the configurations of a task.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="PageSize">At most that many; null or 0 for the server's choice.</param>
/// <param name="PageToken">The <see cref="ListPushConfigsResponse.NextPageToken"/> of the page before; null or empty for the first.</param>
/// <param name="Tenant">Which of the agents behind the interface is meant; null or empty where the client names none.</param>
internal sealed record ListPushConfigsRequest(string TaskId, int? PageSize = null, string? PageToken = null, string? Tenant = null);

/// <summary>Some configurations of a task.</summary>
/// <param name="Configs">The configurations; null for none.</param>
/// <param name="NextPageToken">What to ask for the next page with; null or empty where there is none.</param>
internal sealed record ListPushConfigsResponse(IReadOnlyList<PushConfig>? Configs = null, string? NextPageToken = null);

/// <summary>Deletes one configuration of a task.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="Id">The configuration.</param>
/// <param name="Tenant">Which of the agents behind the interface is meant; null or empty where the client names none.</param>
internal sealed record DeletePushConfigRequest(string TaskId, string Id, string? Tenant = null);
