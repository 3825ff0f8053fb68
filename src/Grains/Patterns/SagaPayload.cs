using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrleansAgents.Patterns;

/// <summary>Makes a step's payload of what was given with the saga and what earlier steps replied.</summary>
internal static class SagaPayload
{
    /// <summary>The payload; <paramref name="missing"/> says which reply lacks what is carried. A compensation goes without.</summary>
    public static byte[] Write(IReadOnlyList<SagaStepState> steps, int step, bool isCompensation, out string? missing)
    {
        missing = null;
        var message = isCompensation ? steps[step].Step.Compensation! : steps[step].Step.Request;
        if (message.Carry is not { Count: > 0 } carried)
        {
            return Encoding.UTF8.GetBytes(message.Payload.GetRawText());
        }

        var payload = JsonObject.Create(message.Payload)!;
        foreach (var carry in carried)
        {
            var from = carry.Step ?? (isCompensation ? step : step - 1);
            if (steps[from].Reply is { } reply && Find(reply, carry.From) is { } found)
            {
                payload[carry.Into] = JsonNode.Parse(found.GetRawText());
            }
            else
            {
                missing ??= $"The reply of step {from} has nothing at '{carry.From}'.";
            }
        }

        return Encoding.UTF8.GetBytes(payload.ToJsonString(Messaging.PayloadJson.Options));
    }

    private static JsonElement? Find(JsonElement element, string pointer)
    {
        foreach (var segment in pointer.Split('/').Skip(1))
        {
            var name = segment.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member))
            {
                element = member;
            }
            else if (element.ValueKind == JsonValueKind.Array
                && int.TryParse(name, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var index)
                && index < element.GetArrayLength())
            {
                element = element[index];
            }
            else
            {
                return null;
            }
        }

        return element;
    }
}
