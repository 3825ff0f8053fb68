using System.Text.Json;
using System.Text.Json.Serialization;
using OrleansAgents.Agents;

namespace OrleansAgents.Messaging;

/// <summary>An answer as JSON, which it is only where it comes to rest: <c>{"agent":…,"reply":…}</c> or <c>{"agent":…,"code":…,"reason":…}</c>.</summary>
internal sealed class AnswerConverter : JsonConverter<Answer>
{
    public override Answer Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var answer = document.RootElement;
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("agent", out var agent)
            || agent.ValueKind != JsonValueKind.String || !AgentId.TryParse(agent.GetString(), defaultKind: null, out var id, out _))
        {
            throw new JsonException("An answer names its agent.");
        }

        return new Answer(id, ReadReply(answer));
    }

    public override void Write(Utf8JsonWriter writer, Answer value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("agent", value.Agent.ToString());
        if (value.Refusal is { } refusal)
        {
            writer.WriteString("code", refusal.Code);
            writer.WriteString("reason", refusal.Message);
        }
        else if (value.ReadJson() is { } reply)
        {
            writer.WritePropertyName("reply");
            writer.WriteRawValue(reply);
        }

        writer.WriteEndObject();
    }

    private static Reply ReadReply(JsonElement answer) =>
        answer.TryGetProperty("code", out var code) ? Reply.Refused(new Refusal(code.ToString(), answer.TryGetProperty("reason", out var reason) ? reason.ToString() : ""))
        : Reply.Accepted(answer.TryGetProperty("reply", out var reply) ? System.Text.Encoding.UTF8.GetBytes(reply.GetRawText()) : null);
}
