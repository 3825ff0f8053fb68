using System.Text.Json;

namespace OrleansAgents.Blackboard;

/// <summary>JSON merge patches (RFC 7386) over values of System.Text.Json. Pure: what is given is never changed.</summary>
public static class JsonMergePatch
{
    /// <summary>
    /// The document that a merge patch makes of another: members take the patch's values, those that are null there go, and
    /// what is an object in both is merged in the same way. A patch that is no object takes the document's place.
    /// </summary>
    /// <param name="document">Any JSON value.</param>
    /// <param name="patch">The merge patch.</param>
    /// <param name="limits">How large the document may become; null for the defaults.</param>
    /// <exception cref="JsonPatchException">The document would break a limit, or a value has a member twice or half of a surrogate pair.</exception>
    public static JsonElement Apply(JsonElement document, JsonElement patch, JsonPatchLimits? limits = null)
    {
        limits ??= JsonPatchLimits.Default;
        return JsonMerge.Apply(JsonTreeReader.Read(document, limits), JsonTreeReader.Read(patch, limits), limits).ToElement();
    }
}
