using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Patterns;

/// <summary>Says what is wrong with a saga before it begins.</summary>
internal static class SagaCheck
{
    private const int MostSteps = 100, MostRetries = 100;

    public static string? FindFault(SagaStart start)
    {
        if (start.Steps.Count is < 1 or > MostSteps)
        {
            return $"A saga has 1 to {MostSteps} steps, and this one {start.Steps.Count}.";
        }

        for (var i = 0; i < start.Steps.Count; i++)
        {
            var step = start.Steps[i];
            var fault = step.Within <= TimeSpan.Zero ? "its time must be above zero"
                : step.Retries is < 0 or > MostRetries ? $"it is tried again 0 to {MostRetries} times"
                : start.IsSequence && step.Compensation is not null ? "a sequence takes nothing back; start a saga, or leave the compensation out"
                : FindFault(step.Request, i, isCompensation: false) ?? (step.Compensation is { } c ? FindFault(c, i, isCompensation: true) : null);
            if (fault is not null)
            {
                return $"Step {i}: {fault}.";
            }
        }

        return null;
    }

    private static string? FindFault(SagaMessage message, int step, bool isCompensation)
    {
        if (PatternCheck.FindFault(message.To, message.Type, message.Version, message.Payload) is { } fault)
        {
            return fault;
        }

        foreach (var carry in message.Carry ?? [])
        {
            var from = carry.Step ?? (isCompensation ? step : step - 1);
            if (carry.From.Length > 0 && !carry.From.StartsWith('/'))
            {
                return $"'{carry.From}' is no JSON pointer; write '/{carry.From}'";
            }

            if (from < 0 || from > (isCompensation ? step : step - 1))
            {
                return "it can only carry what a step before it replied";
            }
        }

        return null;
    }
}

/// <summary>Says what is wrong with a message that a pattern is to send.</summary>
internal static class PatternCheck
{
    public static string? FindFault(string to, string type, int version, JsonElement payload) =>
        !AgentId.TryParse(to, defaultKind: null, out _, out var fault) ? fault.TrimEnd('.')
        : !Contract.IsName(type) || version < 1 ? $"'{PlainText.Show(type, PlainText.Quoted)}' version {version} is no contract"
        : payload.ValueKind != JsonValueKind.Object ? "its payload is no JSON object"
        : null;

    /// <exception cref="AgentRefusedException">There is a fault.</exception>
    public static void Demand(string? fault)
    {
        if (fault is not null)
        {
            throw new AgentRefusedException(RefusalCodes.InvalidPayload, fault);
        }
    }
}
