using Microsoft.Extensions.AI;
using OrleansAgents.Agents;

namespace OrleansAgents.Intelligence;

/// <summary>The language models that agents of a silo may use.</summary>
public sealed class ModelsOptions
{
    /// <summary>The name that an agent means that names none.</summary>
    public const string Default = "default";

    /// <summary>
    /// The models by name: a lower-case letter and then lower-case letters, digits or hyphens, 64 at most. With one model
    /// that is the default, whatever its name; with several, one must be named <see cref="Default"/>. With none, the
    /// default is the offline model, which does not think.
    /// </summary>
    public IDictionary<string, ModelOptions> Models { get; } = new Dictionary<string, ModelOptions>(StringComparer.Ordinal);

    /// <summary>
    /// Whether traces hold what was said to models and what they said. False unless told: only counts, times and names do.
    /// </summary>
    public bool RecordPrompts { get; set; }
}

/// <summary>One language model: where it is, what it costs and how long it is waited for.</summary>
public sealed class ModelOptions
{
    /// <summary>Who serves it: the name of an <see cref="IModelProvider"/>, or <c>offline</c>. Not needed with <see cref="Client"/>.</summary>
    public string Provider { get; set; } = "";

    /// <summary>Where it is served; null for where its provider usually is.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>What its provider calls it. Not needed with <see cref="Client"/>.</summary>
    public string Model { get; set; } = "";

    /// <summary>The key to show; null for <see cref="KeyFile"/>, or for none. It is never logged.</summary>
    public string? Key { get; set; }

    /// <summary>A file with the key, read when the model is first used; null for none. White space around the key does not count.</summary>
    public string? KeyFile { get; set; }

    /// <summary>What a million input tokens cost, in whatever currency limits are in. 0 unless told.</summary>
    public decimal InputPrice { get; set; }

    /// <summary>What a million output tokens cost, in the same currency. 0 unless told.</summary>
    public decimal OutputPrice { get; set; }

    /// <summary>The most tokens of an answer, also where a call asks for more; null for what the provider allows.</summary>
    public int? MaxOutputTokens { get; set; }

    /// <summary>How long a call may take in all, repeats and pauses between them included. 5 minutes unless told.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a streamed answer may take to its first token. 1 minute unless told. An answer that is not streamed has <see cref="Timeout"/> alone.</summary>
    public TimeSpan FirstTokenTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a streamed answer may pause between two tokens. 30 seconds unless told.</summary>
    public TimeSpan TokenTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a call is repeated that met a rate limit or failed in passing. 4 unless told. Never once a token was received.</summary>
    public int Retries { get; set; } = 4;

    /// <summary>Makes a client of the caller's own in place of a provider's; it gets the same limits, repeats and traces. Null for the provider's.</summary>
    public Func<IServiceProvider, IChatClient>? Client { get; set; }

    /// <summary>The key, from wherever it is; null for none.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be read.</exception>
    internal string? ReadKey() => ServiceKey.Read(Key, KeyFile);

    /// <summary>What calls cost: tokens by their prices.</summary>
    internal decimal CostOf(long inputTokens, long outputTokens) => ((inputTokens * InputPrice) + (outputTokens * OutputPrice)) / 1_000_000m;

    /// <summary>Whether a name is one for models.</summary>
    internal static bool IsName(string name) => AgentId.IsKind(name);
}
