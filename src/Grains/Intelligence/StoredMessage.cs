using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.AI;
using OrleansAgents.Messaging;

namespace OrleansAgents.Intelligence;

/// <summary>
/// A message of a conversation with a model, in a form of the platform's own that stays readable when the library
/// changes: <c>docs/models.md</c> describes it. Members that are null are left out.
/// </summary>
/// <param name="V">The version of the form: 1.</param>
/// <param name="Role">Who speaks: <c>system</c>, <c>user</c>, <c>assistant</c>, <c>tool</c>, or another that a provider knows.</param>
/// <param name="Parts">What is said, in order.</param>
/// <param name="Author">The name of who speaks; null for none.</param>
/// <param name="Id">The provider's id of the message; null for none.</param>
public sealed record StoredMessage(int V, string Role, IReadOnlyList<StoredPart> Parts, string? Author = null, string? Id = null)
{
    /// <summary>The version that is written.</summary>
    public const int Current = 1;

    private static readonly JsonSerializerOptions Options = new(PayloadJson.Options) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>The stored form of a message.</summary>
    /// <exception cref="NotSupportedException">It holds something that has no stored form; the message names its type.</exception>
    public static StoredMessage Of(ChatMessage message) =>
        new(Current, message.Role.Value, [.. message.Contents.Select(StoredPart.Of)], message.AuthorName, message.MessageId);

    /// <summary>The message.</summary>
    /// <exception cref="NotSupportedException">It was written by a later version of the platform; the message names what is not known.</exception>
    public ChatMessage ToMessage() => V is < 1 or > Current
        ? throw new NotSupportedException($"A stored message has version {V}, and this platform reads up to {Current}; it was written by a later one.")
        : new ChatMessage(new ChatRole(Role), [.. Parts.Select(p => p.ToContent())]) { AuthorName = Author, MessageId = Id };

    /// <summary>The JSON of messages, an array.</summary>
    /// <exception cref="NotSupportedException">One holds something that has no stored form; the message names its type.</exception>
    public static JsonElement Write(IEnumerable<ChatMessage> messages) => JsonSerializer.SerializeToElement(messages.Select(Of).ToArray(), Options);

    /// <summary>Reads messages.</summary>
    /// <exception cref="JsonException">It is no array of messages.</exception>
    /// <exception cref="NotSupportedException">A message was written by a later version of the platform; the message names what is not known.</exception>
    public static IReadOnlyList<ChatMessage> Read(JsonElement json) =>
        [.. (json.Deserialize<StoredMessage[]>(Options) ?? []).Select(m => m.ToMessage())];
}
