using System.Text;
using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.Intelligence;

/// <content>Calls of tools that a person must agree to: the run waits for its owner's word.</content>
public abstract partial class ChatAgent : IHandle<RunSaid>
{
    ValueTask IHandle<RunSaid>.HandleAsync(RunSaid message, AgentContext context, CancellationToken cancellationToken)
    {
        if (context.Sender != RunAddress.Of(message.Run))
        {
            throw new AgentRefusedException(RefusalCodes.NotAllowed, "What is said in a run comes from the run.");
        }

        if (State.Current is { AskedAt: not null } one && one.Run == message.Run)
        {
            Decide(context, one, ApprovalWord.Read(message.Said.Parts));
        }
        else if (State.Current?.Run == message.Run || State.Waiting.Exists(w => w.Run == message.Run))
        {
            context.RunOf(message.Run).Progress(progress: null, "Nothing was asked, so this is not heard; say it in a message of its own.");
        }

        return default;
    }

    private void Decide(AgentContext context, Exchange one, IReadOnlyList<ApprovalWord> words)
    {
        foreach (var word in words)
        {
            foreach (var call in one.Calls.Where(c => c.Under is null && (word.Call is null || c.Wish.CallId == word.Call)).ToArray())
            {
                if (word.IsApproval)
                {
                    Launch(context, one, call);
                }
                else
                {
                    ToolTelemetry.NotCalled(Id.Kind, call.Wish.Tool, ToolTelemetry.Declined);
                    Return(context, one, call, ToolResult.OfFault($"The owner did not agree to this call.{(word.Reason is { } reason ? $" {reason}" : "")}"), isFault: false);
                }
            }
        }

        AskForApproval(context, one);
        Advance(context, one);
    }

    /// <summary>Asks the run's owner about every call that waits for approval; what is not answered in words that are understood is asked again.</summary>
    private static void AskForApproval(AgentContext context, Exchange one)
    {
        var asked = one.Calls.Where(c => c.Under is null).Select(c => c.Wish).ToArray();
        if (asked.Length == 0)
        {
            // The person's time is not the model's.
            one.Until += one.AskedAt is { } since ? context.Now - since : TimeSpan.Zero;
            one.AskedAt = null;
            return;
        }

        one.AskedAt ??= context.Now;
        var text = new StringBuilder(asked.Length == 1 ? "May this tool be called?" : "May these tools be called?");
        foreach (var wish in asked)
        {
            text.Append('\n').Append(wish.Tool).Append(' ').Append(wish.Arguments.GetRawText());
        }

        context.RunOf(one.Run!).AskOwner(
            [Part.Of(text.ToString()), .. asked.Select(w => Part.OfData(new { call = w.CallId, tool = w.Tool, arguments = w.Arguments }))]);
    }
}

/// <summary>What a person said to calls of tools.</summary>
/// <param name="IsApproval">Whether they may be made.</param>
/// <param name="Call">Which; null for all that wait.</param>
/// <param name="Reason">Why not; null where nobody said.</param>
internal sealed record ApprovalWord(bool IsApproval, string? Call, string? Reason)
{
    /// <summary>What is understood of a saying: data with <c>approve</c>, and a text that is yes or no.</summary>
    public static IReadOnlyList<ApprovalWord> Read(IReadOnlyList<Part> parts) => [.. parts.Select(Read).OfType<ApprovalWord>()];

    private static ApprovalWord? Read(Part part) => part switch
    {
        { Data: { ValueKind: JsonValueKind.Object } data } when data.TryGetProperty("approve", out var approve) && approve.ValueKind is JsonValueKind.True or JsonValueKind.False =>
            Read(data, approve.GetBoolean()),
        { Text: { } text } => text.Trim().TrimEnd('.', '!').ToUpperInvariant() switch
        {
            "YES" or "Y" or "OK" or "APPROVE" or "APPROVED" => new(true, Call: null, Reason: null),
            "NO" or "N" or "DENY" or "DENIED" => new(false, Call: null, Reason: null),
            _ => null,
        },
        _ => null,
    };

    // A call that is named in a way that cannot be read is not all of them.
    private static ApprovalWord? Read(JsonElement data, bool isApproval) =>
        data.TryGetProperty("call", out var call) && call.ValueKind is not (JsonValueKind.String or JsonValueKind.Null)
            ? null
            : new(isApproval, call.ValueKind == JsonValueKind.String ? call.GetString() : null, data.TryGetProperty("reason", out var reason) && reason.ValueKind == JsonValueKind.String ? reason.GetString() : null);
}
