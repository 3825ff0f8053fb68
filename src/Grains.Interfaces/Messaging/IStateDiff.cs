using System.Text.Json;

namespace OrleansAgents.Messaging;

/// <summary>
/// A change of a state that others may hold a copy of. The contract's name ends with <c>.diff</c>, and its payload has the
/// members <c>base</c>, <c>version</c> and <c>patch</c>.
/// </summary>
public interface IStateDiff
{
    /// <summary>The version of the state that the patch changes; 0 for a state that did not exist.</summary>
    long Base { get; }

    /// <summary>The version of the state that it makes: more than <see cref="Base"/>.</summary>
    long Version { get; }

    /// <summary>The operations of the change, in order: an array as RFC 6902 has it.</summary>
    JsonElement Patch { get; }
}
