namespace OrleansAgents.Intelligence;

/// <summary>A call of a model that gave no answer, or not all of it.</summary>
/// <param name="code">One of <see cref="ModelCodes"/>.</param>
/// <param name="message">A sentence for people; never a key.</param>
/// <param name="inner">What failed; null where nothing was thrown.</param>
public sealed class ModelException(string code, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>One of <see cref="ModelCodes"/>.</summary>
    public string Code { get; } = code;

    /// <summary>Whether the same call, a little later, may well succeed.</summary>
    public bool IsTransient { get; init; }

    /// <summary>How long the provider asks to wait; null for no advice.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether part of the answer had been received. Such a call is not repeated by the platform, and its tokens may have to be paid for.</summary>
    public bool HasBegun { get; init; }
}

/// <summary>Why a call of a model gave no answer.</summary>
public static class ModelCodes
{
    /// <summary>The provider takes no more calls for now.</summary>
    public const string RateLimited = "model.rate-limited";

    /// <summary>The provider cannot be reached, or fails.</summary>
    public const string Unavailable = "model.unavailable";

    /// <summary>The provider does not accept the key.</summary>
    public const string NotAuthorised = "model.not-authorised";

    /// <summary>The provider does not accept the call: a setting, a tool, a schema or the length of what was said.</summary>
    public const string Refused = "model.refused";

    /// <summary>A time limit passed: to the first token, between two tokens, or in all.</summary>
    public const string TooSlow = "model.too-slow";

    /// <summary>The answer broke off, or is in no form that can be read.</summary>
    public const string Broken = "model.broken";
}
