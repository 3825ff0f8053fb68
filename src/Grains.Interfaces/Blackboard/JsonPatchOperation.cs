using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansAgents.Blackboard;

/// <summary>One operation of a JSON patch (RFC 6902). Members that an operation has no use for are ignored.</summary>
/// <param name="Op">What to do: <c>add</c>, <c>remove</c>, <c>replace</c>, <c>move</c>, <c>copy</c> or <c>test</c>.</param>
/// <param name="Path">Where: a JSON pointer (RFC 6901), empty for the whole document.</param>
/// <param name="From">Where <c>move</c> and <c>copy</c> take the value from: a JSON pointer. Null for the others.</param>
public sealed record JsonPatchOperation(
    string Op,
    string Path,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? From = null)
{
    /// <summary>What <c>add</c> and <c>replace</c> put there and <c>test</c> expects, which may be JSON's null; <c>default</c> for the others.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public JsonElement Value { get; init; }

    /// <summary>Adds a member, replaces it where it is there, or inserts an item.</summary>
    public static JsonPatchOperation Add(string path, JsonElement value) => new("add", path) { Value = value };

    /// <summary>Removes a value that is there.</summary>
    public static JsonPatchOperation Remove(string path) => new("remove", path);

    /// <summary>Puts another value in the place of one that is there.</summary>
    public static JsonPatchOperation Replace(string path, JsonElement value) => new("replace", path) { Value = value };

    /// <summary>Moves a value.</summary>
    public static JsonPatchOperation Move(string from, string path) => new("move", path, from);

    /// <summary>Copies a value.</summary>
    public static JsonPatchOperation Copy(string from, string path) => new("copy", path, from);

    /// <summary>Lets the whole patch fail unless there is an equal value.</summary>
    public static JsonPatchOperation Test(string path, JsonElement value) => new("test", path) { Value = value };
}
