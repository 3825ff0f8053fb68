namespace OrleansAgents.A2A;

/// <summary>The agents elsewhere that have an address here, <c>remote/NAME</c>.</summary>
public sealed class RemotesOptions
{
    /// <summary>By name: a lower-case letter and then lower-case letters, digits or hyphens, 64 at most. None unless told.</summary>
    public IDictionary<string, RemoteOptions> Remotes { get; } = new Dictionary<string, RemoteOptions>(StringComparer.Ordinal);
}

/// <summary>One agent elsewhere that speaks A2A 1.0: where it is, and how long and how often it is called.</summary>
public sealed class RemoteOptions
{
    /// <summary>
    /// Where it is: the address of its card, which ends with <c>.json</c>, or the one that
    /// <c>/.well-known/agent-card.json</c> is put behind. Nothing is called but what has the same scheme, host and port.
    /// </summary>
    public Uri? Url { get; set; }

    /// <summary>The key to show; null for <see cref="KeyFile"/>, or for none. It is never logged, and goes nowhere but to <see cref="Url"/>'s host.</summary>
    public string? Key { get; set; }

    /// <summary>A file with the key, read when the agent is first called; null for none. White space around the key does not count.</summary>
    public string? KeyFile { get; set; }

    /// <summary>The header that shows the key; null for <c>Authorization</c>, with <c>Bearer</c> before the key.</summary>
    public string? KeyHeader { get; set; }

    /// <summary>How long one call may take, and a stream to its first event. 30 seconds unless told.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a stream may be silent, signs of life included, before it is taken for lost and opened again. 2 minutes unless told.</summary>
    public TimeSpan StreamTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How often a call is repeated that failed in passing, under the same message id. 4 unless told.</summary>
    public int Retries { get; set; } = 4;

    /// <summary>After how many calls of the last half minute, half of which failed in passing, none is made for a while. 8 unless told, 2 at least.</summary>
    public int BreakAfter { get; set; } = 8;

    /// <summary>How long none is made. 30 seconds unless told.</summary>
    public TimeSpan BreakFor { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a task is looked at where the agent does not stream: after this time, and then less and less often. 1 second unless told.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long its card is believed before it is asked for again. 10 minutes unless told.</summary>
    public TimeSpan CardAge { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The most bytes of an answer, and of the events of a stream together. 16 MiB unless told.</summary>
    public int MaxBytes { get; set; } = 16 << 20;

    /// <summary>How many calls one agent here has under way, those that wait for their askers included; more are refused as <c>busy</c>. 1,000 unless told.</summary>
    public int MaxCalls { get; set; } = 1000;

    /// <summary>The first pause before a repeat. It doubles, with jitter.</summary>
    internal TimeSpan FirstPause { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The key, from wherever it is; null for none.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be read.</exception>
    internal string? ReadKey()
    {
        var key = KeyFile is { } file ? File.ReadAllText(file).Trim() : Key?.Trim();
        return string.IsNullOrEmpty(key) ? null : key;
    }
}
