using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansAgents.A2A;

/// <summary>
/// An enum by its full name, or by its number, as ProtoJSON reads it. A name that is not known is refused: who says in a word of
/// another version where a task stands must not be taken to have said nothing.
/// </summary>
/// <param name="names">The names, by the numbers.</param>
internal abstract class EnumJson<T>(params string[] names) : JsonConverter<T>
    where T : struct, Enum
{
    private readonly JsonEncodedText[] _names = [.. names.Select(name => JsonEncodedText.Encode(name))];

    public override bool HandleNull => true;

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return default;
        }

        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number) && number >= 0 && number < _names.Length)
        {
            return Unsafe.BitCast<int, T>(number);
        }

        for (var i = 0; reader.TokenType == JsonTokenType.String && i < _names.Length; i++)
        {
            if (reader.ValueTextEquals(_names[i].EncodedUtf8Bytes))
            {
                return Unsafe.BitCast<int, T>(i);
            }
        }

        throw new JsonException($"One of {string.Join(", ", names.Skip(1))} is wanted here.");
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(_names[Unsafe.BitCast<T, int>(value)]);

    /// <summary>The value of a name; null for none.</summary>
    public T? Parse(string? name) => Array.IndexOf(names, name) is var i and >= 0 ? Unsafe.BitCast<int, T>(i) : null;
}

/// <summary>Where a task stands.</summary>
internal sealed class StateJson() : EnumJson<AgentTaskState>(
    "TASK_STATE_UNSPECIFIED", "TASK_STATE_SUBMITTED", "TASK_STATE_WORKING", "TASK_STATE_COMPLETED", "TASK_STATE_FAILED", "TASK_STATE_CANCELED",
    "TASK_STATE_INPUT_REQUIRED", "TASK_STATE_REJECTED", "TASK_STATE_AUTH_REQUIRED")
{
    public static StateJson Instance { get; } = new();
}

/// <summary>Who made a message.</summary>
internal sealed class RoleJson() : EnumJson<AgentRole>("ROLE_UNSPECIFIED", "ROLE_USER", "ROLE_AGENT");
