using OrleansAgents.Messaging;

namespace OrleansAgents.Blackboard;

/// <summary>Applies merge patches (RFC 7386).</summary>
internal static class JsonMerge
{
    /// <exception cref="JsonPatchException">The document would break a limit.</exception>
    public static JsonTree Apply(JsonTree document, JsonTree patch, JsonPatchLimits limits)
    {
        var merged = Merge(document, patch);
        if (merged.Size > limits.Bytes)
        {
            throw new JsonPatchException(RefusalCodes.TooLarge, $"The document would hold {merged.Size} bytes; {limits.Bytes} is the limit.");
        }

        return merged.Height > limits.Depth ? throw JsonTreeReader.TooDeep(limits)
            : limits.ObjectOnly && merged is not JsonMembers ? throw new JsonPatchException(BlackboardCodes.BadOperation, "The document is an object and stays one.")
            : merged;
    }

    private static JsonTree Merge(JsonTree? target, JsonTree patch)
    {
        if (patch is not JsonMembers changes)
        {
            return patch;
        }

        var merged = target as JsonMembers ?? JsonMembers.Empty;
        foreach (var (name, change) in changes.Members)
        {
            var old = merged.Find(name);
            if (!change.HasValueOf(JsonLeaf.Null))
            {
                merged = merged.With(name, Merge(old, change));
            }
            else if (old is not null)
            {
                merged = merged.Without(name);
            }
        }

        return merged;
    }
}
